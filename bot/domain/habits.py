"""How bounces and automatic replies sound: the habits of mail systems that follow no standard, by language."""

import re


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


REPLY = _words(r"\s*(?:re|aw|sv|antw|odp|ref|rif|r|res|vs|fwd?|wg|tr|rv|i)\s*(?:\[\d+\])?\s*:")
DAEMON = _words(r"(?:mailer|mail|smtp)[-_. ]?daemon\b|mdaemon\b")
POSTMASTER = _words(r"post-?master\b|mail[-_.]?delivery|microsoftexchange[0-9a-f]+")
DELIVERY_NAME = _words(
    r"""mail\ (?:delivery|administrator)|(?:internet\ )?mail\ delivery|delivery\ (?:sub)?system
        |system\ administrator
    |postmaster|mailer[- ]daemon|microsoft\ (?:outlook|exchange)|mail\ system|zustellsystem"""
)
BOUNCE_SUBJECT = _words(
    r"""\W{0,3}(?:[*\[(]?(?:postmaster|ndn|ndr|dsn|warning|auto(?:reply)?)[\])*:]?\W{0,3})?
    (?:undeliver(?:able|ed)|undelivered\ mail|unzustellbar|non-?delivery|nondeliverable|not\ deliverable
        |delivery\ (?:status|report|failure|failed|has\ failed|problem|notification|delayed)
    |failure\ (?:notice|delivery)|failed\ (?:mail|delivery)|mail\ (?:delivery|system\ error|error|could\ not
        |not\ delivered|status|failure)
    |e-?mail\ (?:delivery|could\ not)|message\ (?:delivery|delayed|status|undeliver|could\ not|not\ delivered)
        |returned\ (?:mail|message|to\ sender)
    |delayed\ mail|delay(?:ed)?\ (?:in\ )?deliver|could\ not\ (?:send|deliver)|unable\ to\ deliver
        |cannot\ send\ message|rejected\ mail|automatically\ rejected|message\ has\ not\ yet
    |user\ (?:unknown|not\ known)|permanent\ delivery|your\ (?:message|mail)\ .{1,60}(?:could\ not\ be
        |not)\ delivered
    |nicht\ zugestellt|(?:die\ )?(?:nachricht|e-?mail|mail)\ (?:konnte\ nicht|nicht|unzustellbar)
        |zustellung\ (?:fehlgeschlagen|der\ nachricht|nicht)|zustellungs?(?:fehler|verz)
    |non\ remis|(?:remise|distribution)\ (?:impossible|diff|retard)|(?:message|courriel)\ non\ (?:remis
        |distribu|d[ée]livr)|[ée]chec\ (?:de\ )?(?:la\ )?(?:remise|distribution|livraison|d'envoi)
        |utilisateur\ (?:non|inconnu)|notification\ d'[ée]tat
    |no\ se\ (?:puede|pudo|ha\ podido)\ entregar|(?:mensaje|correo)\ (?:no\ entregado|devuelto)
        |error\ de\ entrega|notificaci[óo]n\ de\ (?:estado|error)
    |impossibile\ (?:recapitare|consegnare)|mancat[ao]\ (?:recapito|consegna)|non\ recapitabile|(?:messaggio
        |mail)\ non\ (?:recapitato|consegnat)
    |onbestelbaar|niet\ (?:bezorgd|bestelbaar|afgeleverd)|(?:bericht|mail)\ (?:niet|kon\ niet)|falha\ (?:na
        |de)\ entrega|n[ãa]o\ (?:foi\ )?(?:poss[íi]vel\ entregar|entregue|entreg[áa]vel)
        |mensagem\ n[ãa]o\ entregue
    |nie\ (?:mo[żz]na|uda[łl]o\ si[ęe])\ dor[ęe]czy|niedor[ęe]czon|niedostarcz|b[łl][ąa]d\ dor[ęe]cz
        |zwrot\ (?:wiadomo|poczty)
    |(?:kan|kunde|gick)\ (?:inte|ikke)\ (?:levere|att\ leverera|blive\ leveret)|olevere?rbar|ej\ levererat
        |ikke\ leveret|ulevere?r|uleverbar|kan\ ikke\ leveres|leveransfel
    |nedoru[čc]|nelze\ doru[čc]it|nelivra(?:t|bil)|mesaj\ nelivrat|eroare\ de\ livrare|Ваше\ сообщение\ не
        |не\ доставлено|недоставленное)"""
)
BOUNCE_BODY = _words(
    r"""\b[45]\.\d{1,3}\.\d{1,3}\b|\b55[0-4][ -]|(?:could|can|did|was|were)\ ?not\ (?:be\ )?(?:delivered
        |deliver|sent|reach)
    |couldn't\ be\ delivered|wasn't\ delivered|undeliver(?:able|ed)|unable\ to\ deliver|not\ deliverable
        |delivery\ .{0,40}(?:failed|failure|delayed|attempts)
    |(?:user|mailbox|recipient|address|account|host)\ (?:unknown|unavailable|not\ found|rejected|is\ full
        |does\ not\ exist|inactive|disabled)|unknown\ (?:user|recipient|address|local)|no\ such\ (?:user
        |mailbox|address|account)
    |(?:konnte|konnten|kann)\ .{0,60}nicht\ (?:zugestellt|ausgeliefert|[üu]bermittelt)|nicht\ zustellbar
        |n'a\ (?:pas\ )?pu\ [êe]tre|n'a\ pas\ pu|no\ (?:se\ )?(?:ha\ podido|pudo)\ (?:ser\ )?entreg
        |non\ (?:[èe]\ stato\ possibile|pu[òo])\ .{0,30}(?:recapit|consegn)
    |kon\ niet\ (?:worden\ )?(?:bezorgd|afgeleverd)|n[ãa]o\ p[ôo]de\ ser\ entregue|nie\ (?:mo[żz]e|mog[łl]a?
        |zosta[łl]a?)\ .{0,30}(?:dostarcz|dor[ęe]cz)|kunde\ inte\ levereras|kunne\ ikke\ leveres
        |nelze\ doru[čc]it|nebyla?\ doru[čc]en|nu\ a\ putut\ fi\ livrat"""
)
AUTO_SUBJECT = _words(
    r"""\W{0,3}(?:(?:re|aw)\s*:\s*)?(?:auto(?:matic|mated|mated\ e-?mail)?[- ]?(?:reply|response|answer)\b
        |auto(?:reply|responder|response|re)?\s*:|automatische?\ (?:antwort|abwesenheits|r[üu]ckmeldung
        |empfangs)|abwesenheits(?:notiz|nachricht|mitteilung|assistent|agent|info)|abwesend\b
        |abwesenheit\s*[:(]|(?:ich\ bin\ )?nicht\ im\ (?:b[üu]ro|haus)\b
    |out[ -]of[ -](?:the[ -])?office(?:\ (?:auto-?reply|reply|response|notification|message
        |autoreply))?\s*(?:[:!(.-]|re\b|aw\b|until|till|from|$)|ooo\s*:|i(?:\ am
        |'m)\ (?:currently\ )?(?:out\ of|away\ from)\ (?:the\ )?office|away\ from\ (?:my|the)\ (?:desk|office
        |mail)|on\ (?:vacation|holiday|annual\ leave|leave|maternity\ leave)\s*[:!(]|vacation\ (?:reply|message
        |notice|response)|holiday\ (?:reply|autoreply)
    |r[ée]ponse\ automatique|message\ automatique|absence\ du\ bureau|absent(?:e)?\ du\ bureau|absence\s*:
        |r[ée]ponse\ d'absence|auto\ :|respuesta\ autom[áa]tica|autorespuesta|fuera\ de\ (?:la\ )?oficina
        |ausente\ de\ la\ oficina|ausencia\s*:|risposta\ automatica|(?:sono\ )?fuori\ (?:ufficio|sede)
        |assente\ dall'ufficio|autorisponditore|automatisch\ antwoord|automatische\ (?:beantwoording|reactie)
        |afwezig(?:heid)?(?:sbericht|smelding|sassistent)?\s*(?:[:!(]|$)|niet\ aanwezig\s*:|ontvangstbevestiging
    |resposta\ autom[áa]tica|aus[êe]ncia\ tempor[áa]ria|fora\ do\ escrit[óo]rio|odpowied[źz]\ automatyczna
        |automatyczna\ odpowied[źz]|autoodpowied[źz]|nieobecno[śs][ćc]\ w|poza\ biurem|autosvar
        |automatisk[t]?\ svar|fr[åa]nvaro(?:meddelande)?\s*(?:[:!(]|$)|ikke\ p[åa]\ kontoret
        |frav[æa]r(?:smeddelelse|sbesked)?\s*(?:[:!(]|$)|automatick[áa]\ odpov[ěe][ďd]|nep[řr][íi]tomnost
        |mimo\ kancel[áa][řr]|r[ăa]spuns\ automat|absen[țt][ăa]\ (?:de\ la|din)\ birou|[îi]n\ afara\ biroului
        |automaattinen\ vastaus|poissa\ toimistolta|automatikus\ v[áa]lasz|otomatik\ yan[ıi]t
        |автоматический\ ответ|автоответ)"""
)
AUTO_BODY = _words(
    r"""this\ is\ an\ auto(?:matic|mated|matically\ generated|-?)\ ?-?(?:reply|response)|(?:this|diese[rs]?
        |dies\ ist\ eine?)\ (?:automatisch(?:e|\ (?:generierte|erstellte|erzeugte))?)\ (?:antwort|empfangsbest
        |abwesenheits)|ceci\ est\ une\ r[ée]ponse\ automatique|(?:esta\ es\ una\ )?respuesta\ autom[áa]tica
        |questa\ [èe]\ una\ risposta\ automatica|dit\ is\ een\ automatisch(?:e)?\ (?:antwoord|reactie
        |gegenereerd\ antwoord)|(?:esta\ [ée]\ uma\ )?resposta\ autom[áa]tica
        |to\ jest\ (?:automatyczna\ )?odpowied[źz]\ automatyczna|detta\ [äa]r\ ett\ automatiskt\ svar
        |dette\ er\ et\ automatisk\ svar|toto\ je\ automatick[áa]\ odpov
        |acesta\ este\ un\ r[ăa]spuns\ automat"""
)
AWAY_BODY = _words(
    r"""\b(?:out\ of\ (?:the\ )?office|away\ from\ (?:the\ office|my\ desk|my\ mail)|on\ (?:annual|parental
        |maternity|sick)\ leave|no\ access\ to\ (?:my\ )?e-?mails?|(?:nicht|wieder)\ im\ (?:b[üu]ro|haus
        |dienst)|bin\ (?:ich\ )?(?:derzeit|zurzeit|bis|ab|vom).{0,40}(?:abwesend|nicht\ erreichbar|im\ urlaub
        |nicht\ im)|(?:absente?|absence)\ (?:du|jusqu)|en\ cong[ée]s?\b|fuera\ de\ (?:la\ )?oficina
        |de\ vacaciones|fuori\ (?:ufficio|sede)|in\ ferie|niet\ (?:aanwezig|op\ kantoor)|afwezig
        |fora\ do\ escrit[óo]rio|de\ f[ée]rias|poza\ biurem|na\ urlopie|inte\ p[åa]\ (?:kontoret|plats)
        |semester\b|ikke\ p[åa]\ kontoret|p[åa]\ ferie|mimo\ kancel[áa][řr]|dovolen[ée]|concediu)"""
)
