"""How mail programs announce what they quote and forward, in the languages that they speak.

Tables of words, and the patterns made of them; `bot.domain.older` uses them to find where older mail begins.
"""

import re


def any_of(words: str) -> str:
    """An alternation of the words between bars and line ends, longest first."""
    parts = sorted((word.strip() for word in words.replace("\n", "|").split("|") if word.strip()), key=len)
    return "|".join(re.escape(part) for part in reversed(parts))


# ---- "On Monday, Ann wrote:" ------------------------------------------------------------------------------

# The verb ends the line ("Le ..., Anne a écrit :"), or the name follows it ("Am ... schrieb Anna:").
_WROTE_LAST = any_of("""wrote|writes|replied|sent the following|geschrieben|schrieb|a écrit|ecrit|escribió|escribio
ha scritto|scrive|geschreven|escreveu|napisał|napisał(a)|napisała|napisal|napisal(a)|pisze|napsal|napsala
napsal(a)|napísal|napísal(a)|napísala|a scris|yazdı|написал|написала|написал(а)|пише|писал|пишет|написав
написала|написа|έγραψε|napisao je|napisala je|napisala|skrev|schreef|kirjutas|đã viết|menulis|写道|寫道|작성""")
_WROTE_BEFORE = any_of("""schrieb|schreibt|schreef|skrev|skrev följande|skrev følgende|kirjoitti|írta|ezt írta""")
_DATED = r"[^:]{0,60}(?:\d{1,4}[-./]\d{1,2}[-./]|\b\d{4}\b).{0,50}"
ATTRIBUTION_END = re.compile(
    rf"(?:\W|^)(?:(?:{_WROTE_LAST})(?:{_DATED})?|(?:{_WROTE_BEFORE})\b.{{0,200}})\s*[:：]\s*$"
    r"|^\d{4}-\d\d-\d\d \d\d?:\d\d GMT.{3,200}>:$",
    re.IGNORECASE,
)
_OPENING = any_of("""On|At|In article|Am|Le|El|Il|Il giorno|In data|Op|Em|No dia|A|W dniu|Dnia|Den|Dne|Pe|În|La
În data|Kl|Mon|Tue|Wed|Thu|Fri|Sat|Sun|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|so|ne|lun|mar|mer|gio|ven|jeu
sam|dim|mån|tis|ons|tors|fre|lör|sön|man|tirs|lør|søn|mie|joi|vin|sâm|dum|пн|вт|ср|чт|пт|сб|вс|Στις|V""")
# Only what begins like one may run over several lines: else the last words of a letter would go with it.
ATTRIBUTION_START = re.compile(rf"[-\s]*(?:(?:{_OPENING})[\s.,]|\d{{1,4}}[-./ 年]\s?\S)", re.IGNORECASE)
NAME_START = re.compile(r"[-\s]*[^<>:.!?]{2,80}\s<\s?\S{1,64}@\S+>")
# No attribution is without a date, a time or an address: "My sister wrote:" is prose, unless a quotation follows.
ATTRIBUTION_PROOF = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\S@\S")
# Where no line below is marked as quoted, all of it would go: then a time or an address is asked for, and a
# writer who tells what they wrote themselves is no mail program.
ATTRIBUTION_SURE = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\S@\S")
FIRST_PERSON = re.compile(
    r"\b(?:I|[Ww]e|ich|[Ww]ir|je|[jJ]['’]ai|nous|yo|io|ik|wij|eu|jag|jeg|vi|já|ja|me|mir|mich|moi|mi)\b"
)
ADDRESSED = re.compile(
    r"\b(?:[Yy]our?|Ihren?|Ihrem|Ihrer|vous|votre|usted|vostra|uw|Państwa|dumneavoastră|"
    r"[Mm]y|meinen?|mijn)\b"
)
# Whatever the language: only a program puts a moment and an address in brackets into one line with a colon.
MOMENT = re.compile(r"(?=.*\d{1,2}[:.h]\d{2})(?=.*(?:(?<!\d)\d{4}(?!\d)|\d{1,2}[./]\s?\d{1,2}[./]))")
BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>()@]{1,64}@[\w.-]{1,180}\s?[>)\]]")
BARE_ADDRESS = re.compile(r"[\s>]*<?[^\s<>@]{1,64}@[\w.-]{1,180}>?[\s,;]*$")
QUOTING = re.compile(r"(?:Quoting|Zitat von|Citando|Citation de|Citat från|Cytowanie|Citát|Citeren)\s.{2,120}:$")

# ---- From:, Sent:, To:, Subject: ---------------------------------------------------------------------------

_LABELS = {
    "from": """From|Von|De|Da|Van|Od|Från|Fra|De la|Expéditeur|Lähettäjä|Feladó|Kimden|Mittente|Remitente
        Absender|Nadawca|Odesílatel|Expeditor|Afzender|Avsändare|Afsender|Remetente|От|Від|От кого|Από
        发件人|寄件者|差出人|보낸 사람""",
    "sent": """Sent|Date|Sent on|Gesendet|Datum|Gesendet am|Envoyé|Envoyé le|Message du|Enviado|Enviado el
        Enviado em|Enviada em|Enviada|Fecha|Inviato|Inviato il|Data|Dată|Data e hora|Verzonden|Verzonden op
        Wysłano|Wysłane|Data wysłania|Skickat|Sendt|Dato|Odesláno|Odoslané|Trimis|Trimis la|Lähetetty
        Gönderildi|Küldve|Elküldve|Päiväys|Tarih|Dátum|Дата|Отправлено|Надіслано|Στάλθηκε|Ημερομηνία
        发送时间|寄件日期|日期|送信日時|日付|보낸 날짜""",
    "to": """To|An|À|A|Para|Aan|Do|Till|Til|Komu|Către|Catre|Vastaanottaja|Címzett|Kime|Destinataire
        Destinatario|Destinatário|Adresat|Empfänger|Modtager|Кому|Προς|收件人|收件者|宛先|받는 사람""",
    "subject": """Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Ogg|Onderwerp|Assunto|Temat|Ämne|Emne|Předmět
        Predmet|Subiect|Aihe|Tárgy|Konu|Тема|Θέμα|主题|主旨|件名|제목""",
    "cc": """Cc|Kopie|Kopie (CC)|Copie à|Copia|Kopia|DW|UDW|Kopi|Bcc|Reply-To|Antwort an|Répondre à|抄送
        Responder a|Importance|Priority|Wichtigkeit|Priorität|Attachments|Anlagen|Pièces jointes|Organization""",
}
LABELS = {
    kind: re.compile(rf"[\s>|*_]*+(?:{any_of(words)})\s*[*_]*\s*[:：][*_]*", re.IGNORECASE)
    for kind, words in _LABELS.items()
}
HEADER_BLOCKS = ({"from", "sent"}, {"from", "to", "subject"})
ANY_LABEL = re.compile(r"[\s*]*[^\W\d_][^:：\n]{0,25}\s?[:：][\s*]+\S")

# ---- separators ----------------------------------------------------------------------------------------------

_ORIGINAL = any_of("""Original Message|Original Email|Original-Nachricht|Originalnachricht|Ursprüngliche Nachricht
Ursprüngliche Mail|Ursprüngliche E-Mail|Originale Nachricht|Message d'origine|Message d’origine|Message original
Message initial|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Origineel bericht|Mensagem original
Wiadomość oryginalna|Oryginalna wiadomość|Pierwotna wiadomość|Ursprungligt meddelande|Originalmeddelande
Oprindelig meddelelse|Oprindelig besked|Original meddelelse|Opprinnelig melding|Původní zpráva|Původní e-mail
Mesaj original|Mesajul original|Mesaj inițial|Alkuperäinen viesti|Eredeti üzenet|Özgün ileti|Pôvodná správa
Исходное сообщение|Оригинальное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지|Reply Message""")
_FORWARDED = any_of("""Forwarded message|Weitergeleitete Nachricht|Weitergeleitete Mail|Message transféré
Message réexpédié|Mensaje reenviado|Messaggio inoltrato|Doorgestuurd bericht|Mensagem encaminhada
Mensagem reencaminhada|Przekazana wiadomość|Wiadomość przekazana dalej|Treść przekazanej wiadomości
Vidarebefordrat meddelande|Vidarebefordrat mejl|Videresendt meddelelse|Videresendt besked|Přeposlaná zpráva
Přeposlaný e-mail|Mesaj redirecționat|Mesaj redirectionat|Mesaj înaintat|Välitetty viesti|Továbbított üzenet
Forwarded by|Weitergeleitet von|Transféré par|Reenviado por|Inoltrato da|Doorgestuurd door
Пересылаемое сообщение|转发的邮件|転送メッセージ|전달된 메시지""")
_DASHES = r"[-‐‑‒–—―_=*+]{2,}+"
ORIGINAL = re.compile(rf"[\s|]*+\*?{_DASHES}\s*(?:{_ORIGINAL})\b.{{0,40}}$", re.IGNORECASE)
ORIGINAL_BARE = re.compile(rf"[\s*]*+(?:{_ORIGINAL})[\s*:]*$", re.IGNORECASE)
FORWARDED = re.compile(rf"[\s|]*+\*?{_DASHES}\s*(?:{_FORWARDED})\b.{{0,100}}$", re.IGNORECASE)
DASHED = re.compile(r"\s*-{2,}+\s?(\S.{1,300}?\S)\s?:?\s?-{2,}\s*$")
APPLE_FORWARD = re.compile(
    rf"""\s*(?:{
        any_of('''Begin forwarded message|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail
Début du message réexpédié|Début du message transféré|Inicio del mensaje reenviado|Inizio messaggio inoltrato
Begin doorgestuurd bericht|Início da mensagem reencaminhada|Início da mensagem encaminhada
Początek przekazywanej wiadomości|Rozpoczęcie przekazywanej wiadomości|Vidarebefordrat brev
Start på videresendt besked|Videresendt besked|Začátek přeposílané zprávy|Začátek přeposlané zprávy
Începutul mesajului redirecționat|Începe mesajul redirecționat|Начало переадресованного сообщения''')
    })\s*[:：]?\s*$""",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"""\W{0,10}(?=.{0,60}\b(?:reply|respon[sd]|answer|antwort|réponse|respuesta|risposta|antwoord|resposta|svar))
    .{0,70}\b(?:above|oberhalb|au-dessus|por\ encima|sopra|boven|acima|ovanför|over)\b.{0,20}
    \b(?:this\ line|dieser\ zeile|cette\ ligne|esta\ (?:línea|linha)|questa\ linea|deze\ lijn|denne\ linje)
    \b.{0,20}$""",
    re.IGNORECASE | re.VERBOSE,
)
RULE = re.compile(r"\s*[-‐‑–—_=*~]{3,}\s*$")
LONG_RULE = re.compile(r"\s*(?:_{20,}|-{20,})\s*$")

FORWARD_SUBJECT = re.compile(
    r"\s*\W?(?:fwd?|wg|weitergel\.|tr|rv|i|doorst|enc|pd|podaj dalej|vb|vs|vidarebef|vl|przek)\s*(?:\[\d+\])?\s*:",
    re.IGNORECASE,
)
