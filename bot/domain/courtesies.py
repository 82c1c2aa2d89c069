"""Small things that are said in a thread: thanks, the wish for a new code, and “this was not me”."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_THANKS = _words(
    """thank thanks thx cheers danke dank merci remercie gracias grazie bedankt obrigado obrigada dzięki dziękuję
    tack děkuji díky mulțumesc multumesc"""
)
_COURTEOUS = _THANKS | _words(
    """a again all am and best for fast good great greetings have hello help hi i is it kind kindly lot many much
    nice okay ok perfect prompt quick regards reply sincerely so speedy super team that the this very weekend week
    day wonderful you your yours
    alles das die deine die für grüße grüßen gruß freundliche freundlichen gut gute guten hallo herzliche
    herzlichen hilfe ihre ihnen lg liebe mfg mit nochmal nochmals recht rückmeldung schnelle schöne schönen sehr
    tag toll und viele vielen wunderbar wochenende
    beaucoup belle bien bonjour bonne cordialement de et journée l la le mille parfait pour réponse votre vous aide
    amable ayuda buen día gran muchas muy por rápida respuesta saludos su tu un y
    aiuto cordiali della gentile grande infinite mille molte per risposta saluti tante tua vostra
    antwoord de dag fijne goed groet groeten hartelijk hulp je jullie met snelle u uw vriendelijke voor zeer
    ajuda boa dia muito pela pelo resposta rápida sua abraço cumprimentos
    bardzo dzień miłego odpowiedź pomoc pozdrawiam serdecznie szybką za"""
)
_NEW_CODE = re.compile(
    r"\b(new|another|fresh|neue[nr]?|nouveau|nuevo|otro|nuovo|nieuwe|novo|nowy|ny)"
    r" (code|código|codigo|codice|kod|kode)\b|\bc[óo]digo nuevo\b",
    re.IGNORECASE,
)
_NOT_ME = re.compile(
    r"(?<!\w)(?:(?:was|is|were)(?: not|n['’]t) (?:me|from me|by me|i)|not me|not from me"
    r"|(?:i|we) (?:did not|didn['’]t|never|have not|haven['’]t|have never) "
    r"(?:asked?|request(?:ed)?|wr[io]te?n?|sen[dt]|contact(?:ed)?|do(?:ne)?) (?:you|this|that|it|anything|for)"
    r"|(?:das|dies) war(?:en)? (?:ich|wir) nicht|(?:ich|wir) war(?:en)? (?:das|es) nicht|nicht von (?:mir|uns)"
    r"|ce n['’](?:était|est) pas (?:moi|de moi)|c['’](?:était|est) pas moi|pas moi"
    r"|no (?:fui|he sido|era|soy) yo|yo no (?:fui|he sido)|no ha sido yo"
    r"|non (?:sono stat[oa]|ero|sono) io|non l['’]ho (?:scritt|chiest|mandat)[oa] io"
    r"|(?:dat|dit) (?:was|ben) ik niet|ik was (?:het|dat|dit) niet|niet van mij"
    r"|não fui eu|não era eu|nao fui eu"
    r"|to nie (?:ja|byłem ja|byłam ja)|nie byłem to ja|nie byłam to ja"
    r"|det var inte (?:jag|från mig)|inte (?:jag|från mig)"
    r"|det var ikke (?:mig|fra mig)|ikke mig"
    r"|(?:já to|to jsem|já jsem to) (?:nebyl[a]?|nebyl[a]? já)|nebyl[a]? jsem to(?: já)?"
    r"|nu (?:am fost|sunt|eram) eu|n-am fost eu)(?!\w)",
    re.IGNORECASE,
)
_SHORT = 20  # words


def is_thanks(text: str) -> bool:
    """Thanks and nothing else: every word is a courtesy, but for a name on a last line of its own.

    A word that is not known here is worth a person's look; a request that ends in thanks is no thanks.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and len(lines[-1].split()) <= 3 and lines[-1].istitle():
        lines = lines[:-1]
    words = re.findall(r"\w+", " ".join(lines).lower())
    courteous = len(words) <= _SHORT and "?" not in text and _COURTEOUS.issuperset(words)
    return courteous and not _THANKS.isdisjoint(words)


def asks_for_code(text: str) -> bool:
    return len(text.split()) <= 3 * _SHORT and bool(_NEW_CODE.search(text))


def denies(text: str) -> bool:
    """Whether a short letter says that its writer did not ask: “this was not me”."""
    return len(text.split()) <= 3 * _SHORT and bool(_NOT_ME.search(text))


def is_little_more_than_a_code(text: str) -> bool:
    """Whether the eight digits in a text are what it is about, and not an order number in a longer letter."""
    return len(re.sub(r"\d|\s", "", text)) <= 120
