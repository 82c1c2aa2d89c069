"""What stands around a letter that nobody wrote for it: signatures, disclaimers, footers, banners of gateways."""

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.domain.quoting import RULE, any_of

_SIGNATURE_LINES = 40  # what is longer below two dashes is no signature
_FOOTER_LINES = 25
_CARD_LINES = 20
_UNDER_A_RULE = 12  # lines that a card under a rule may take
_LOOKED_AT = 600  # characters of a paragraph

# ---- the tables ----------------------------------------------------------------------------------------------

_RULE_ALONE = re.compile(r"(?:--|__|—|– ?–)\s*$")
_DASHED_NAME = re.compile(r"(?:--?|–|—)\s?[A-ZÀ-ÞĀ-Ž][\w.'’-]*(?:\s[A-ZÀ-ÞĀ-Ž][\w.'’-]*){0,2}\s*$")
_LINK = re.compile(r"<?\b(?:https?://|www\.)[^\s<>]+>?|\[[^\]\s]{1,200}\]")

_BY = any_of("""from|via|with|using|von|mit|über|de|depuis|avec|à partir|desde|con|da|dal|dalla
tramite|vanaf|met|vanuit|do|pelo|a partir|z|ze|za pomocą|przy|från|med|fra|din|cu|de pe|pomocí|с|со|из|з
із|από""")
_SENT_BY = re.compile(
    rf"""\s*(?:
    (?:sent|gesendet|verschickt|verzonden|verstuurd|skickat|sendt|odesl[aá]no|odoslan[ée]|trimis|envoy[ée]e?|enviad[oa]
        |inviat[oa]|wys[łl]an[eoy]|отправлено|надіслано|στάλθηκε)\s+(?:{_BY})\b
        [^,:;?!]{{0,70}}(?:[,;!-]\s*(?:please\s|so\s)?(?:excuse|pardon|sorry|forgive).{{0,60}})?
    |(?:von|vom)\s(?:meinem|einem|mein|unterwegs)\b.{{0,60}}\b(?:gesendet|verschickt|geschickt)
    |diese\snachricht\swurde\s.{{2,70}}\sgesendet
    |.{{0,20}}(?:iphone|ipad|android)\S{{0,12}}\s?(?:から送信|에서\s보냄|gönderildi|küldve|傳送|传送|발송)
    |(?:发自|從|从)\s?我的.{{1,40}}
    |(?:please\s)?excuse\s(?:my\s|the\s|any\s)?(?:brevity|typos).{{0,60}}|typed\son\s(?:a|my)\s.{{2,60}}
    |lähetetty\s\S{{3,20}}|yahoo\smail\s?:\s.{{2,50}}
    )[.!]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_GET = any_of("""get|download|holen sie sich|hol dir|laden sie|télécharger|téléchargez|obtenez|obtenir
obtener|obtén|descargar|scarica|ottieni|obter|obtenha|baixar|pobierz|pobierz aplikację|hämta|skaffa|hent
få|stáhněte si|stáhnout|získat|získejte|obțineți|descărcați""")
_GET_APP = re.compile(
    rf"""\s*(?:(?:{_GET})\s(?:o\s)?(?:outlook|bluemail|yahoo|typeapp)\b.{{0,40}}
    |outlook\s(?:für|voor)\s.{{2,20}}\s(?:herunterladen|beziehen|holen|downloaden|ophalen))[.!]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_VIRUS = any_of("""virus-free|virus free|virenfrei|garanti sans virus|sans virus|libre de virus
sin virus|privo di virus|virusvrij|livre de vírus|não contém vírus|wolny od wirusów|virusfri|bez virů
fără viruși""")
_CLEAN = re.compile(
    rf"\s*(?:{_NO_VIRUS})[.!]?\s*$",
    re.IGNORECASE,
)

# A disclaimer speaks of itself and says that it is secret or was scanned: by language, both.
_ITSELF = any_of("""this e-mail|this email|this message|this communication|this transmission|this mail
information contained in|the contents of this|confidentiality notice|confidentiality note|diese e-mail
diese email|diese nachricht|diese mail|dieser e-mail|dieser email|dieser nachricht|dieser mail
dieses schreiben|ce message|ce courriel|ce mail|ce courrier|cet e-mail|cet email|présent message
présent courriel|este mensaje|este correo|presente mensaje|presente correo|questo messaggio
questa e-mail|questa email|questa mail|questa comunicazione|presente messaggio|presente e-mail
presente comunicazione|dit bericht|deze e-mail|deze email|deze mail|esta mensagem|este e-mail|este email
presente mensagem|nesta mensagem|ta wiadomość|tej wiadomości|niniejsza wiadomość|ta korespondencja
niniejszej wiadomości|detta meddelande|det här meddelandet|detta mejl|detta mail|denna e-post
denne e-mail|denne mail|denne meddelelse|denne besked|tato zpráva|tento e-mail|této zprávy
tohoto e-mailu|acest mesaj|acest e-mail|acestui mesaj|prezentul mesaj|correo electrónico
courrier électronique|courriel et ses""")
_SECRET = any_of("""confidential|privileged|intended solely|intended only|solely for|intended recipient
intended for|for the addressee|checked for viruses|scanned for viruses|vertraulich|ausschließlich für
ausschliesslich für|nur für den|rechtlich geschützt|richtige adressat|auf viren geprüft|confidentiel
destinataire|exclusivement|absence de virus|avant d'imprimer|confidencial|destinatario|exclusivamente
busca de virus|riservat|confidenzial|destinatari|individuare virus|vertrouwelijk|uitsluitend
geadresseerde|op virussen|confidencia|destinatário|vírus|poufn|wyłącznie|adresat|wirusów|konfidentiell
sekretess|avsedd|mottagare|fortrolig|modtager|udelukkende|důvěrn|adresát|výhradn|na viry|confidențial
destinatar|exclusiv""")
_DISCLAIMER = re.compile(rf"(?=.{{0,60}}(?:{_ITSELF}))(?=.{{0,300}}(?:{_SECRET}))", re.IGNORECASE)
_FOOTER = re.compile(
    r"""[\s*_=~#|-]*(?:
    if\ you\ are\ not\ the\ (?:intended|named)|sollten\ sie\ nicht\ der\ (?:richtige|beabsichtigte)
    |si\ vous\ n'[êe]tes\ pas\ (?:le|la)\ destinataire|(?:confidentiality|privacy|legal)\ (?:notice|disclaimer)\b
    |disclaimer\s*:|notice\s*:.{0,80}(?:privileged|confidential)|haftungsausschluss\s*:
    |aviso\ (?:legal|de\ confiden)
    |avis\ de\ confidentialit|avvertenze\ legali
    |(?:las?\ informaci[óo]n(?:es)?|les\ informations|le\ informazioni|as\ informações|informacje|de\ informatie
        |die\ informationen|the\ information)\ .{0,20}\b(?:contenid|contenu|conten|zawart|in\ d|in\ th|contidas)
        .{0,120}(?:confid|riservat|pouf|vertrou|vertrau|privileg)
    |no\ virus\ found\ in\ this|l'absence\ de\ virus|el\ software\ de\ antivirus
    |(?=.{0,160}(?:print|druck|imprim|druk|stampa)).{0,50}\b(?:consider|think|denken|pense[zr]?|piense|pensa|denk|pomy[śs]l)\b
        .{0,60}(?:environment|umwelt|environnement|ambiente|milieu|before\ (?:you\ )?print|środowisk)
    |administratorem\ (?:pani|pa[ńn]stwa).{0,30}danych|(?:hinweise?|informationen)\ zum\ datenschutz
    |datenschutzhinweise?\s*:|le\ informamos\ (?:de\ )?que\ sus\ datos|responsable\ del\ tratamiento\s*:
    |informativa\ (?:sulla\ )?privacy|i\ (?:suoi\ )?dati\ personali\ .{0,60}sono\ trattati
    |vos\ données\ (?:personnelles\ )?(?:sont|font\ l['’]objet)
    |reply\ to\ this\ e-?mail\ directly\b|you\ are\ receiving\ this\b
    |you(?:\ have)?\ received\ this\ (?:message|e-?mail)\ because
    |to\ unsubscribe\ (?:from\ this|send|click|visit|please|go|,)|unsubscribe\s?[|·•<(\[-]
    |to\ view\ this\ discussion\b|sie\ erhalten\ diese\ (?:e-?mail|nachricht)\b.{0,20}(?:weil|da)\b
    |vous\ recevez\ ce\ (?:message|courriel|mail)\ car
    |[\w.-]{2,60}\ mailing\ list\ (?:--\ )?\S+@|click\ here\ to\ report\ this
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Whoever speaks of themself or of a request wrote these words, confidential or not.
_BY_A_PERSON = re.compile(
    r"\b(?:I|my|My [a-z]+|ich|[Mm]eine?[nmrs]?|[Jj]e (?:vous|demande|souhaite|veux|suis)|mes|mon|yo|mis|ik|[Mm]ijn"
    r"|[Mm]eus?|[Mm]inhas?|jag|mina|jeg|moje|moich|(?:a|my|our|this) request|[Aa]ntrag|demande|solicit(?:o|ud)"
    r"|richiesta|chiedo|verzoek|pedido|wniosek|begäran|anmodning|žádost|cerere)\b|\bj['’]"
)
_GREETINGS = any_of("""regards|kind regards|best regards|warm regards|best wishes|best|many thanks
thanks|thank you|cheers|sincerely|yours sincerely|sincerely yours|yours faithfully|yours truly
respectfully|mit freundlichen grüßen|mit freundlichen grüssen|freundliche grüße|freundliche grüsse
mit besten grüßen|beste grüße|viele grüße|liebe grüße|mfg|hochachtungsvoll|cordialement
bien cordialement|bien à vous|salutations distinguées|sincères salutations|saludos|saludos cordiales
un saludo|atentamente|le saluda atentamente|cordiali saluti|distinti saluti|saluti|grazie
met vriendelijke groet|met vriendelijke groeten|vriendelijke groeten|hoogachtend|atenciosamente
cumprimentos|com os melhores cumprimentos|melhores cumprimentos|z poważaniem|pozdrawiam
z wyrazami szacunku|med vänliga hälsningar|vänliga hälsningar|hälsningar|mvh|med venlig hilsen
venlig hilsen|hilsen|s pozdravem|s úctou|cu stimă|cu respect|cu deosebită considerație""")
_CLOSING = re.compile(
    rf"""\s*(?:{_GREETINGS})\s*[,.!]?\s*$""",
    re.IGNORECASE,
)
# A card under a name: what a firm prints there and a person who only identifies themself does not.
_CARD = re.compile(
    r"\s*(?:(?:tel|phone|fon|telefon|telefax|fax|mobile|mobil|mob|handy|cell|tél|móvil|t|f|m|p|w)"
    r"\s*[.:]+\s*[+(\d].{4,40}$|(?:https?://|www\.)\S+\s*$|.{2,60}\s\|\s.{2,60})",
    re.IGNORECASE,
)
_CARD_OF_A_FIRM = re.compile(
    r"\s*(?:(?:https?://|www\.)\S+\s*$|(?:tele)?fax\b|f\s*[.:]\s*[+(\d]|.{2,60}\s\|\s)", re.IGNORECASE
)

_WARNED = any_of("""outside of|outside the|outside your|external|außerhalb|externen|extérieur|externe
fuera de|externo|esterno|esterna|buiten|de fora|zewnątrz|zewnętrzn|utanför|uden for|mimo|din afara""")
_WARNING = any_of("""caution|warning|attention|achtung|vorsicht|hinweis|attenzione|atención|precaución
let op|atenção|uwaga|varning|obs|advarsel|upozornění|atenție|external|external email|external e-mail
external sender|extern|externe""")
_BANNER = re.compile(
    rf"""\W*(?:
    (?:{_WARNING})\b(?=.{{0,200}}(?:{_WARNED}|click|klick|clique))(?=.{{0,400}}(?:click|link|lien|klick|clique|enlace
        |sender|organi|firma|attachment|anh[äa]ng))
    |you\ don['’]t\ often\ get\ e-?mail\ from|sie\ erhalten\ nicht\ oft\ e|vous\ n['’]obtenez\ pas\ souvent
    |no\ suele\ recibir\ correo|non\ si\ ricevono\ spesso|u\ ontvangt\ niet\ vaak|você\ não\ costuma\ receber
    |nie\ otrzymujesz\ często|du\ får\ (?:inte|ikke)\ ofte?a?\ )""",
    re.IGNORECASE | re.VERBOSE,
)


# ---- how they are taken off -----------------------------------------------------------------------------


def without_banner(lines: Sequence[str]) -> Sequence[str]:
    """The lines below what a gateway puts above a letter from outside; all of them where nothing else is there."""
    first = next((n for n, line in enumerate(lines[:10]) if line.strip()), 0)
    end = next((n for n in range(first, min(first + 6, len(lines))) if not lines[n].strip()), None)
    above = " ".join(lines[first:end])[:_LOOKED_AT] if end is not None else ""
    if _BY_A_PERSON.search(above) or not _BANNER.match(above):
        return lines
    return lines[end:] if any(line.strip() for line in lines[end:]) else lines


def without_signature(block: Sequence[str]) -> tuple[list[str], list[str]]:
    """New words, and what a program or a firm appends to every mail."""
    lines = [line.rstrip() for line in block]
    rule = next((n for n, line in enumerate(lines) if _RULE_ALONE.match(line[:8])), len(lines))
    end = rule if len(lines) - rule <= _SIGNATURE_LINES else len(lines)
    end = _footer(lines, end)
    end = _card(lines, end)
    while (cut := _last_line(lines, end)) < end:
        end = cut
    return lines[:end], lines[end:]


def _footer(lines: Sequence[str], end: int) -> int:
    """Where the disclaimer or list footer begins that runs to the end: the first late paragraph that is one."""
    for at in range(max(1, end - _FOOTER_LINES), end):
        if lines[at] and (not lines[at - 1].strip() or RULE.match(lines[at - 1][:200])):
            paragraph = " ".join(takewhile(str.strip, lines[at : at + 3]))[:_LOOKED_AT]
            if not _BY_A_PERSON.search(paragraph) and (_FOOTER.match(paragraph) or _DISCLAIMER.match(paragraph)):
                return at
    return end


def _card(lines: Sequence[str], end: int) -> int:
    """Where a firm's card begins: below a closing and a name, or below a rule."""
    for at in range(max(0, end - _CARD_LINES), end):
        below = [n for n in range(at + 1, end) if lines[n].strip()]
        marks = [n for n in below if _CARD.match(lines[n][:200])]
        prose = any(len(lines[n].split()) > 4 and lines[n][-1] in ".?!" for n in below if n not in marks)
        if prose:
            continue
        of_a_firm = len(marks) >= 2 and any(_CARD_OF_A_FIRM.match(lines[n][:200]) for n in marks)
        if of_a_firm and len(lines[at]) < 60 and _CLOSING.match(lines[at]):
            return below[1] if below[0] not in marks else below[0]
        if at and marks and RULE.match(lines[at][:200]) and _is_all_card(lines, below, marks, of_a_firm):
            return at
    return end


def _is_all_card(lines: Sequence[str], below: Sequence[int], marks: Sequence[int], of_a_firm: bool) -> bool:
    """Whether nothing but short lines stands there and, but for a firm, no other label: who identifies themself
    says so."""
    others = [lines[n] for n in below if n not in marks]
    short = len(below) <= _UNDER_A_RULE and all(len(line) < 80 and line[-1] not in ".?!" for line in others)
    return short and (of_a_firm or not any(":" in line for line in others))


def _last_line(lines: Sequence[str], end: int) -> int:
    """Without the last line where it is blank, a rule, a line of the program that sent it, or a dashed name."""
    if end == 0:
        return 0
    last = lines[end - 1]
    if not last.strip() or RULE.match(last[:200]):
        return end - 1
    if len(last) > 300:
        return end
    bare = _LINK.sub("", last)
    if end > 1 and any(pattern.match(bare) for pattern in (_SENT_BY, _GET_APP, _CLEAN)):
        return end - 1
    alone = end > 1 and not lines[end - 2].strip() and not any(line.startswith("-") for line in lines[: end - 1])
    return end - 1 if alone and len(last) < 120 and _DASHED_NAME.match(last) else end
