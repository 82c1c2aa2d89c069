"""How mail programs announce what they quote, forward and append, in the languages that they speak.

Tables of words, and the patterns made of them; `bot.domain.said` uses them to cut.
"""

import re


def _any(words: str) -> str:
    """An alternation of the words between bars, longest first."""
    parts = sorted((word.strip() for word in words.replace("\n", "|").split("|") if word.strip()), key=len)
    return "|".join(re.escape(part) for part in reversed(parts))


# ---- "On Monday, Ann wrote:" ------------------------------------------------------------------------------

# The verb ends the line ("Le ..., Anne a écrit :"), or the name follows it ("Am ... schrieb Anna:").
_WROTE_LAST = _any("""wrote|writes|replied|sent the following|geschrieben|a écrit|ecrit|escribió
escribio|ha scritto
scrive|geschreven|escreveu|napisał|napisał(a)|napisała|napisal|napisal(a)|pisze|napsal|napsala|napsal(a)|napísal
napísal(a)|a scris|yazdı|написал|написала|написал(а)|пише|писал|пишет|написав|написала|写道""")
_WROTE_BEFORE = _any("schrieb|schreibt|schreef|skrev|skrev följande|skrev følgende|kirjoitti|írta|ezt írta")
ATTRIBUTION_END = re.compile(
    rf"(?:\W|^)(?:(?:{_WROTE_LAST})|(?:{_WROTE_BEFORE})\b.{{0,200}})\s*[:：]\s*$"
    r"|^\d{4}-\d\d-\d\d \d\d?:\d\d GMT.{3,200}>:$",
    re.IGNORECASE,
)
_OPENING = _any("""On|At|In article|Am|Le|El|Il|Il giorno|In data|Op|Em|No dia|A|W dniu|Dnia|Den|Dne|Pe|În
La|În data
Il|Kl|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Em|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|so|ne|lun|mar|mer|gio|ven|jeu|sam
dim|mån|tis|ons|tors|fre|lör|sön|man|tirs|lør|søn|mie|joi|vin|sâm|dum""")
ATTRIBUTION_START = re.compile(rf"[-\s]*(?:(?:{_OPENING})[\s.,]|\d{{1,4}}[-./ ]\S)", re.IGNORECASE)
# No attribution is without a date, a time or an address: "My sister wrote:" is prose.
ATTRIBUTION_PROOF = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\S@\S")
# Where no line below is marked as quoted, all of it would go: then a time or an address is asked for, and a
# writer who tells what they wrote themselves is no mail program.
ATTRIBUTION_SURE = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\S@\S")
FIRST_PERSON = re.compile(r"\b(?:I|we|ich|wir|je|j['’]ai|nous|yo|io|ik|wij|eu|jag|jeg|vi|já|ja)\b", re.IGNORECASE)

# ---- From:, Sent:, To:, Subject: ---------------------------------------------------------------------------

_LABELS = {
    "from": """From|Von|De|Da|Van|Od|Från|Fra|De la|Expéditeur|Lähettäjä|Feladó|Kimden|Mittente|Remitente
    От|Від|От кого
        发件人|寄件者|差出人|보낸 사람""",
    "sent": """Sent|Date|Gesendet|Datum|Gesendet am|Envoyé|Envoyé le|Message du|Enviado|Enviado el
    Enviado em|Enviada em
        Fecha|Inviato|Inviato il|Data|Verzonden|Verzonden op|Wysłano|Wysłane|Data wysłania|Skickat|Sendt|Dato
        Odesláno|Odoslané|Trimis|Lähetetty|Gönderildi|Küldve|Дата
        Отправлено|Надіслано|发送时间|日期|送信日時|보낸 날짜""",
    "to": """To|An|À|A|Para|Aan|Do|Till|Til|Komu|Către|Catre|Vastaanottaja|Címzett|Kime|Destinataire
    Destinatario|Кому
        收件人|宛先|받는 사람""",
    "subject": """Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Onderwerp|Assunto|Temat|Ämne|Emne|Předmět
    Predmet|Subiect
        Aihe|Tárgy|Konu|Тема|主题|主旨|件名|제목""",
    "cc": "Cc|Kopie|Copie à|Copia|Kopia|DW|UDW|Kopi|Bcc|Reply-To|Antwort an|Répondre à|Responder a|抄送",
}
LABELS = {
    kind: re.compile(rf"[\s>|*_]*(?:{_any(words)})\s*[*_]*\s*[:：][*_]*(?=\s|\S)", re.IGNORECASE)
    for kind, words in _LABELS.items()
}
HEADER_BLOCKS = ({"from", "sent"}, {"from", "to", "subject"})

# ---- separators ----------------------------------------------------------------------------------------------

_ORIGINAL = _any("""Original Message|Original Email|Original-Nachricht|Originalnachricht|Ursprüngliche Nachricht
Ursprüngliche Mail|Originale Nachricht
Message d'origine|Message d’origine|Message original|Message initial
Mensaje original|Mensaje Original|Messaggio originale|Messaggio Originale|Oorspronkelijk bericht
Origineel bericht|Mensagem original|Mensagem Original|Wiadomość oryginalna|Oryginalna wiadomość
Pierwotna wiadomość|Ursprungligt meddelande|Originalmeddelande|Oprindelig meddelelse|Original meddelelse
Opprinnelig melding|Původní zpráva|Původní e-mail|Mesaj original|Mesajul original|Mesaj inițial
Alkuperäinen viesti|Eredeti üzenet|Özgün ileti|Исходное сообщение|Оригинальное сообщение|原始邮件|Reply Message""")
_FORWARDED = _any("""Forwarded message|Forwarded Message|Weitergeleitete Nachricht|Message transféré
Message réexpédié
Mensaje reenviado|Messaggio inoltrato|Doorgestuurd bericht|Mensagem encaminhada|Mensagem reencaminhada
Przekazana wiadomość|Wiadomość przekazana dalej|Treść przekazanej wiadomości|Vidarebefordrat meddelande
Vidarebefordrat mejl|Videresendt meddelelse|Videresendt besked|Přeposlaná zpráva|Přeposlaný e-mail
Mesaj redirecționat|Mesaj redirectionat|Mesaj înaintat|Välitetty viesti|Továbbított üzenet
Пересылаемое сообщение""")
_DASHES = r"[-‐‑‒–—―_=*+]{2,}"
ORIGINAL = re.compile(rf"[\s*|]*{_DASHES}\s*(?:{_ORIGINAL})\b.{{0,40}}$", re.IGNORECASE)
FORWARDED = re.compile(rf"[\s*|]*{_DASHES}\s*(?:{_FORWARDED})\b.{{0,60}}$", re.IGNORECASE)
APPLE_FORWARD = re.compile(
    rf"""\s*(?:{
        _any('''Begin forwarded message|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail
Début du message réexpédié|Début du message transféré|Inicio del mensaje reenviado|Inizio messaggio inoltrato
Begin doorgestuurd bericht|Início da mensagem reencaminhada|Início da mensagem encaminhada
Początek przekazywanej wiadomości|Rozpoczęcie przekazywanej wiadomości|Vidarebefordrat brev
Start på videresendt besked|Začátek přeposílané zprávy|Začátek přeposlané zprávy
Începutul mesajului redirecționat
Începe mesajul redirecționat''')
    })\s*[:：]?\s*$""",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"\W{0,10}(?:please )?(?:type|write|enter|add)?\s*(?:your )?(?:reply|response|antwort|réponse)\b"
    r".{0,20}\b(?:above|oberhalb|au-dessus)\b.{0,40}$",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*[-‐‑–—_=*~]{3,}\s*$")

FORWARD_SUBJECT = re.compile(
    r"\s*\W?(?:fwd?|wg|weitergel\.|tr|rv|i|doorst|enc|pd|podaj dalej|vb|vs|vidarebef|vl|przek)\s*(?:\[\d+\])?\s*:",
    re.IGNORECASE,
)

# ---- what stands below a letter ---------------------------------------------------------------------------------

SIGNATURE_RULE = re.compile(r"(?:--|—|– ?–)\s*$")
DASHED_NAME = re.compile(r"[-–—]\s?[A-ZÀ-ÞĀ-Ž][\w.'’-]*(?:\s[A-ZÀ-ÞĀ-Ž][\w.'’-]*){0,2}\s*$")
MOBILE = re.compile(
    r"""\s*(?:
    (?:sent|gesendet|verschickt|verzonden|skickat|sendt|odesl[aá]no|odoslan[ée]|trimis|verstuurd|envoy[ée]|enviado
    |enviada|inviato
    |wys[łl]an[eoy]|diese\ nachricht\ wurde)\s+
    (?:from|via|with|using|by|von|mit|über|de|depuis|avec|desde|con|da|dal|tramite|vanaf|met|via|vanuit|do
    |pelo|[aà]\ partir
    |z|ze|za\ pomoc[ąa]|przy|från|med|fra|din|cu|de\ pe|pomocí)\b.{0,80}
    |(?:von|vom)\ (?:meinem|einem|mein)\ .{2,60}\ (?:gesendet|verschickt|geschickt)
    |get\ outlook\ for\ .{2,20}|(?:hol|laden)\s.{0,20}outlook\ f[üu]r\ .{2,20}|obtene[rz]\ outlook.{0,40}
    |t[ée]l[ée]charge[rz]\ outlook.{0,40}
    |(?:virus-?free|virenfrei|sans\ virus|libre\ de\ virus|privo\ di\ virus|virusvrij
    |livre\ de\ v[íi]rus)\W.{0,60}
    |outlook\ f[üu]r\ .{2,20}\ beziehen|excuse\ (?:my\ )?(?:brevity|typos|the\ brevity).{0,60}
    )[.!]?(?:\s*<https?://\S*>)?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
FOOTER = re.compile(
    r"""\s*(?:
    reply\ to\ this\ e-?mail\ directly\b|you\ are\ receiving\ this\b|you\ received\ this\ (?:message
    |e-?mail)\ because
    |to\ unsubscribe\ from\ this\b|to\ view\ this\ discussion\b|sie\ erhalten\ diese\ (?:e-?mail
    |nachricht)\b.{0,20}(?:weil|da)\b
    |[\w.-]{2,60}\ mailing\ list\ \S+@|(?:please|bitte)\ (?:consider|think\ of|denken\ sie\ an
        |prüfen\ sie)\b.{0,60}
        (?:environment|umwelt|print|ausdruck)
    |(?:this|the\ information\ (?:contained\ )?in\ this)\ (?:e-?mail|message|communication|transmission|mail)
        \b.{0,160}
        (?:confidential|privileged|intended\ (?:solely|only)\ for|intended\ recipient)
    |confidentiality\ (?:notice|note)\b|legal\ disclaimer\b|disclaimer\s*:
    |(?:diese|dieses|die\ information(?:en)?\ in\ dieser)\ (?:e-?mail|nachricht|mail|schreiben)\b.{0,160}
        (?:vertraulich|ausschlie(?:ß|ss)lich\ f[üu]r|rechtlich\ gesch[üu]tzt)
    |(?:ce|le\ pr[ée]sent)\ (?:message|courriel|mail|e-?mail|courrier)\b.{0,160}
        (?:confidentiel|destinataire|exclusive)
    |(?:este|el\ presente)\ (?:mensaje|correo|e-?mail)\b.{0,160}(?:confidencial|destinatario|exclusiv)
    |(?:questo|il\ presente|la\ presente)\ (?:messaggio|e-?mail|mail|comunicazione)\b.{0,160}
        (?:riservat|confidenzial|destinatari)
    |(?:dit|deze)\ (?:bericht|e-?mail|mail)\b.{0,160}(?:vertrouwelijk|uitsluitend\ bestemd|geadresseerde)
    |(?:esta|a\ presente)\ (?:mensagem|e-?mail|comunica[çc][ãa]o)\b.{0,160}
        (?:confidencia|destinat[áa]rio|exclusiv)
    |(?:ta|niniejsza|tre[śs][ćc]\ tej)\ (?:wiadomo[śs][ćc]i?|korespondencja)\b.{0,160}
        (?:poufn|wy[łl][ąa]cznie|adresat)
    |(?:detta|det\ h[äa]r)\ (?:meddelande|e-?post\w*|mail|mejl)\b.{0,160}
        (?:konfidentiell|sekretess|avsedd|mottagare)
    |denne\ (?:e-?mail|mail|meddelelse|besked)\b.{0,160}(?:fortrolig|modtager|udelukkende)
    |(?:tato|tento|obsah\ t[ée]to)\ (?:zpr[áa]v[ay]|e-?mail)\b.{0,160}(?:d[ůu]v[ěe]rn|adres[áa]t|v[ýy]hradn)
    |(?:acest|prezentul)\ (?:mesaj|e-?mail)\b.{0,160}(?:confiden[țt]ial|destinatar|exclusiv)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
CLOSING = re.compile(
    rf"""\s*(?:{
        _any('''regards|kind regards|best regards|warm regards|best wishes|best|many thanks|thanks
        thank you|cheers
sincerely|yours sincerely|sincerely yours|yours faithfully|yours truly|respectfully|mit freundlichen grüßen
mit freundlichen grüssen|freundliche grüße|freundliche grüsse|mit besten grüßen|beste grüße|viele grüße
liebe grüße
mfg|hochachtungsvoll|cordialement|bien cordialement|bien à vous|salutations distinguées
sincères salutations|saludos
saludos cordiales|un saludo|atentamente|le saluda atentamente|cordiali saluti|distinti saluti|saluti|grazie
met vriendelijke groet|met vriendelijke groeten|vriendelijke groeten|hoogachtend|atenciosamente|cumprimentos
com os melhores cumprimentos|melhores cumprimentos|z poważaniem|pozdrawiam|z wyrazami szacunku
med vänliga hälsningar|vänliga hälsningar|hälsningar|mvh|med venlig hilsen|venlig hilsen|hilsen|s pozdravem
s úctou|cu stimă|cu respect|cu deosebită considerație''')
    })\s*[,.!]?\s*$""",
    re.IGNORECASE,
)
# A card under a name: what a firm prints there and a person who only identifies themself does not.
CARD = re.compile(
    r"\s*(?:(?:tel|phone|fon|telefon|telefax|fax|mobile|mobil|handy|cell|tél|móvil|t|f|m|p|w)"
    r"\s*[.:]+\s*[+(\d].{4,40}$|(?:https?://|www\.)\S+\s*$|.{2,60}\s\|\s.{2,60})",
    re.IGNORECASE,
)
CARD_OF_A_FIRM = re.compile(
    r"\s*(?:(?:https?://|www\.)\S+\s*$|(?:tele)?fax\b|f\s*[.:]\s*[+(\d]|.{2,60}\s\|\s)", re.IGNORECASE
)
