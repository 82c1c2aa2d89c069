"""The defences, as the exact piece of code that each one is, and what stands there once it is switched off."""

from dataclasses import dataclass

_ACCOUNTS, _LINKS, _OWNERS = (f"tests/attacks/test_{name}.py::" for name in ("accounts", "links", "owners"))
_RECORDS, _REPLIES, _SENDERS = (f"tests/attacks/test_{name}.py::" for name in ("records", "replies", "senders"))
_SHAPES, _SLACK = (f"tests/attacks/test_{name}.py::" for name in ("shapes", "slack"))
_APPROVALS, _CODES = "tests/handlers/test_approvals.py::", "tests/handlers/test_verification.py::"
_LOGS, _MAILS, _LETTERS = (
    "tests/unit/test_logs.py::",
    "tests/adapters/test_rendered_mails.py::",
    "tests/adapters/test_rendering.py::",
)


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence, the attacks that it meets, and how to be without it."""

    name: str
    attacks: tuple[str, ...]
    file: str
    code: str
    without: str
    tests: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.name} {' '.join(self.attacks)}"

    def switched_off(self, source: str) -> str:
        """The file without it. Raises ValueError where the piece of code does not stand there exactly once."""
        if source.count(self.code) != 1:
            raise ValueError(f"{self.file} has {source.count(self.code)} times what is to be switched off")
        return source.replace(self.code, self.without)


DEFENCES = (
    # ---- who wrote ----------------------------------------------------------------------------------------
    Defence(
        "exactly one From header",
        ("T21",),
        "bot/domain/mail.py",
        "    if len(values) != 1:\n",
        "    if not values:\n",
        (_SENDERS + "test_t21_t22_t24_t26_an_ambiguous_sender_is_quarantined_and_nobody_is_answered",),
    ),
    Defence(
        "exactly one address in it",
        ("T26",),
        "bot/domain/mail.py",
        "if fault or len(mailboxes) != 1:",
        "if fault or not mailboxes:",
        (_SENDERS + "test_t21_t22_t24_t26_an_ambiguous_sender_is_quarantined_and_nobody_is_answered",),
    ),
    Defence(
        "no address before the address",
        ("T22",),
        "bot/domain/mime/addresses.py",
        "    if _names_another(phrase, address):\n",
        "    if False:\n",
        (_SENDERS + "test_t21_t22_t24_t26_an_ambiguous_sender_is_quarantined_and_nobody_is_answered",),
    ),
    Defence(
        "what has no one sender is set aside",
        ("T21", "T26"),
        "bot/domain/screening.py",
        'Rule(\n        "ambiguous_sender", Treatment.QUARANTINE,',
        'Rule(\n        "ambiguous_sender", Treatment.NOTE,',
        (_SENDERS + "test_t21_t22_t24_t26_an_ambiguous_sender_is_quarantined_and_nobody_is_answered",),
    ),
    Defence(
        "a forged sender is not answered",
        ("T21", "T32"),
        "bot/domain/screening.py",
        'desk.addresses).dmarc == "fail"',
        'desk.addresses).dmarc == "never"',
        (_SENDERS + "test_t21_a_sender_whom_our_server_calls_forged_gets_nothing",),
    ),
    Defence(
        "only the trusted server's header counts",
        ("T31",),
        "bot/domain/authenticity.py",
        "if server == trusted.lower()), ())",
        "if results), ())",
        (_SENDERS + "test_t31_t32_what_a_sender_can_write_or_replay_spares_no_code",),
    ),
    Defence(
        "no header is trusted unless the operator says whose",
        ("T31",),
        "bot/domain/authenticity.py",
        "    if not trusted or mail.sender is None:\n",
        '    trusted = trusted or "mx.linden.example"\n    if mail.sender is None:\n',
        (_SENDERS + "test_t31_by_default_no_header_is_trusted",),
    ),
    Defence(
        "a pass counts for the domain that the mail shows",
        ("T32",),
        "bot/domain/authenticity.py",
        "        if all(domain == name or",
        "        if True or all(domain == name or",
        (_SENDERS + "test_t31_t32_what_a_sender_can_write_or_replay_spares_no_code",),
    ),
    Defence(
        "an old signature is no word of today",
        ("T32",),
        "bot/domain/authenticity.py",
        "    if not addresses.intersection(each.address.lower() for each in (*mail.to, *mail.cc)):\n",
        "    if False:\n",
        (
            _SENDERS + "test_t31_t32_what_a_sender_can_write_or_replay_spares_no_code",
            _SENDERS + "test_t32_an_old_signed_letter_to_somebody_else_spares_no_code",
        ),
    ),
    # ---- machines -----------------------------------------------------------------------------------------
    Defence(
        "an automatic mail is not answered",
        ("T16", "T18"),
        "bot/domain/screening.py",
        "        lambda c: c.mail.kind is MailKind.AUTO_REPLY,\n",
        "        lambda c: False,\n",
        (
            "tests/handlers/test_mail_unanswered.py::"
            "test_what_nobody_wrote_is_never_answered_and_goes_to_staff_where_it_may_be_a_request",
        ),
    ),
    Defence(
        "an automatic reply to us is no word of the requester",
        ("T20",),
        "bot/domain/screening.py",
        "Treatment.NOTE, _answers_us,",
        "Treatment.NOTE, lambda c: False,",
        (
            _SENDERS + "test_t20_an_automatic_reply_that_quotes_the_code_proves_nothing",
            "tests/handlers/test_mail_unanswered.py::test_an_automatic_reply_that_quotes_a_code_proves_nothing",
        ),
    ),
    Defence(
        "a list is not answered",
        ("T19",),
        "bot/domain/screening.py",
        "return case.mail.kind is MailKind.LIST and not _is_our_list(case)",
        "return False",
        (
            "tests/handlers/test_mail_unanswered.py::"
            "test_what_nobody_wrote_is_never_answered_and_goes_to_staff_where_it_may_be_a_request",
        ),
    ),
    Defence(
        "an address that nobody reads is not answered",
        ("T10", "T19"),
        "bot/domain/screening.py",
        "return sender is not None and _MACHINE.fullmatch",
        "return False and _MACHINE.fullmatch",
        (
            _SENDERS + "test_t10_a_sign_up_mail_is_never_answered_and_is_kept_without_its_code",
            "tests/handlers/test_mail_unanswered.py::"
            "test_what_nobody_wrote_is_never_answered_and_goes_to_staff_where_it_may_be_a_request",
        ),
    ),
    Defence(
        "an empty return path is not answered",
        ("T17",),
        "bot/domain/screening.py",
        'lambda c: c.mail.return_path == ""',
        "lambda c: False",
        (
            "tests/handlers/test_mail_unanswered.py::"
            "test_what_nobody_wrote_is_never_answered_and_goes_to_staff_where_it_may_be_a_request",
        ),
    ),
    Defence(
        "our letters say that they are automatic",
        ("T16", "T18"),
        "handlers/correspondence.py",
        'auto_submitted="auto-replied" if automatic else None',
        "auto_submitted=None",
        (_RECORDS + "test_t62_letters_that_were_swapped_in_the_queue_do_not_leave",),
    ),
    Defence(
        "automatic mail has limits",
        ("T14",),
        "bot/delivery.py",
        "        return max((each for each in waits if each), default=None)\n",
        "        return None\n",
        (
            "tests/handlers/test_delivery.py::"
            "test_no_address_gets_more_than_five_automatic_mails_in_an_hour_and_the_rest_is_merged",
        ),
    ),
    Defence(
        "two machines that answer each other are stopped",
        ("T18",),
        "handlers/notices.py",
        "return await outbox.answers_since(work, address_index, since, BOUNDED) >= LOOP.most",
        "return False",
        (
            "tests/attacks/test_floods.py::test_t18_two_machines_that_answer_each_other_are_stopped_and_staff_are_told_once",
        ),
    ),
    Defence(
        "what is suspicious in number rings",
        ("T31", "T56", "T70"),
        "handlers/watching.py",
        "    if await sightings.count(work, kind, subject, now - pattern.window) < pattern.count:\n",
        "    if True:\n",
        (
            "tests/attacks/test_watching.py::"
            "test_t56_a_hundred_wrong_codes_prove_nothing_ring_once_and_leave_the_victim_a_way_in",
        ),
    ),
    # ---- which ticket -------------------------------------------------------------------------------------
    Defence(
        "a token proves itself by its MAC",
        ("T11", "T17"),
        "bot/domain/correlation.py",
        "return reference.upper() if hmac.compare_digest(mac, _mac(reference, nonce, secret)) else None",
        "return reference.upper()",
        ("tests/unit/test_correlation.py::test_a_changed_character_makes_it_nobodys",),
    ),
    Defence(
        "a thread is its requester's alone",
        ("T11", "T13"),
        "bot/domain/correlation.py",
        "if (candidate := by_reference.get(reference)) and candidate.is_requester:",
        "if candidate := by_reference.get(reference):",
        ("tests/unit/test_correlation.py::test_what_is_no_evidence",),
    ),
    Defence(
        "a forged sender proves no thread",
        ("T11", "T32"),
        "bot/domain/correlation.py",
        "    if contradicted:\n",
        "    if False:\n",
        ("tests/unit/test_correlation.py::test_what_is_no_evidence",),
    ),
    # ---- codes --------------------------------------------------------------------------------------------
    Defence(
        "a code is its address's and its ticket's",
        ("T09", "T57"),
        "bot/store/challenges.py",
        'return _keyed(work, f"{ticket_id}:{address_index}:{code}")',
        "return _keyed(work, code)",
        (_RECORDS + "test_t09_the_digest_of_a_code_that_is_moved_to_another_ticket_fits_nothing",),
    ),
    Defence(
        "a code is looked for among those of its sender",
        ("T09",),
        "bot/store/challenges.py",
        "return await _live(work, ChallengeRow.address_index == address_index, now)",
        "return await _live(work, col(ChallengeRow.id) > 0, now)",
        (
            _OWNERS + "test_t09_a_right_code_from_a_third_address_proves_nothing",
            _CODES + "test_anothers_guesses_do_not_use_up_the_requesters_tries",
        ),
    ),
    Defence(
        "a code has five tries",
        ("T56",),
        "bot/store/challenges.py",
        "    challenge.tries_left -= 1\n",
        "",
        (_CODES + "test_the_fifth_wrong_code_is_the_last_and_the_right_one_comes_too_late",),
    ),
    Defence(
        "a code lives for a day",
        ("T57",),
        "bot/store/challenges.py",
        'ChallengeRow.state == "live", col(ChallengeRow.expires_at) > now)',
        'ChallengeRow.state == "live")',
        (
            _CODES + "test_a_right_code_is_good_for_a_day",
            _LINKS + "test_t57_wrong_used_and_old_links_get_the_same_words",
        ),
    ),
    Defence(
        "a code serves once",
        ("T57", "T58"),
        "bot/store/challenges.py",
        '    challenge.state = "used"\n',
        "",
        (
            _LINKS + "test_t58_a_link_serves_once_and_so_does_the_code_beside_it",
            _CODES + "test_a_right_code_serves_once",
        ),
    ),
    Defence(
        "three codes a day",
        ("T14", "T56"),
        "bot/store/challenges.py",
        ">= CODES_A_DAY",
        ">= 10**6",
        (_CODES + "test_three_new_codes_are_given_in_a_day_and_a_fourth_the_day_after",),
    ),
    Defence(
        "codes are covered where a letter is kept",
        ("T10", "T20"),
        "handlers/correspondence.py",
        "kept = Message(letter.subject, mask_codes(letter.text))",
        "kept = Message(letter.subject, letter.text)",
        (
            _LINKS + "test_the_link_is_not_kept_in_what_staff_can_read",
            _SLACK + "test_t55_neither_code_nor_link_is_posted_to_slack",
        ),
    ),
    Defence(
        "codes for accounts elsewhere are covered",
        ("T10",),
        "handlers/reading.py",
        "            subject, text = mask_passes(subject), mask_passes(text)\n",
        "            pass\n",
        (_SENDERS + "test_t10_a_sign_up_mail_is_never_answered_and_is_kept_without_its_code",),
    ),
    Defence(
        "looking at a link changes nothing",
        ("T58",),
        "bot/adapters/confirmation.py",
        "        language = await self.language_of(request.match_info[_TOKEN])\n",
        "        language = await self.confirm(request.match_info[_TOKEN])\n",
        (_LINKS + "test_t58_scanners_that_open_the_link_change_nothing_and_the_button_confirms",),
    ),
    Defence(
        "only our own page confirms",
        ("T58",),
        "bot/adapters/confirmation.py",
        "        if self._comes_from_elsewhere(request):\n",
        "        if False:\n",
        (_LINKS + "test_a_button_pressed_on_another_site_confirms_nothing",),
    ),
    # ---- whose account ------------------------------------------------------------------------------------
    Defence(
        "the address on file has to confirm",
        ("T01", "T05", "T07"),
        "bot/domain/accounts.py",
        "return Proof.ON_FILE if DOUBTS.isdisjoint(concerns) else Proof.MAILBOX",
        "return Proof.ON_FILE",
        (_ACCOUNTS + "test_t01_an_impostor_hears_nothing_and_only_the_address_on_file_is_asked",),
    ),
    Defence(
        "a claim in a second letter is a claim",
        ("T01",),
        "handlers/mail.py",
        "    await accounts.reconsider(desk, work, case, letter.found, only_code=tried.bare)\n",
        "",
        (_ACCOUNTS + "test_t01_a_claim_that_comes_after_the_proof_takes_the_proof_back",),
    ),
    Defence(
        "who says “not me” stops it",
        ("T07",),
        "handlers/mail.py",
        "        await accounts.deny(desk, work, case, part, row)\n",
        "        pass\n",
        (_ACCOUNTS + "test_t07_a_forged_deletion_informs_its_victim_and_deletes_nothing",),
    ),
    Defence(
        "a date in a letter does not tell what a code was worth",
        ("T59",),
        "handlers/notices.py",
        "due_on=_promised(desk, case)",
        "due_on=case.row.due_at",
        ("tests/attacks/test_oracles.py::test_t59_a_date_that_proof_moves_tells_nothing",),
    ),
    # ---- what leaves --------------------------------------------------------------------------------------
    Defence(
        "proof comes first",
        ("T01", "T03"),
        "bot/domain/guards.py",
        "    if unproven(ticket, event.types, event.outcome):\n",
        "    if False:\n",
        (_APPROVALS + "test_nothing_of_substance_leaves_before_there_is_proof",),
    ),
    Defence(
        "proof is looked at again at sending",
        ("T01",),
        "handlers/approvals.py",
        "    if draft.outcome and unproven(",
        "    if False and unproven(",
        ("tests/handlers/test_delivery.py::test_a_letter_of_substance_does_not_leave_without_proof",),
    ),
    Defence(
        "an approval is of what was shown",
        ("T52",),
        "bot/domain/drafts.py",
        "    if len(shown) < SHOWN or not draft.digest.startswith(shown):\n",
        "    if False:\n",
        (_REPLIES + "test_t52_an_approval_of_another_text_does_not_count",),
    ),
    Defence(
        "what leaves is what was approved, to whom",
        ("T52", "T62"),
        "handlers/approvals.py",
        "    if digest(recipient, proposal.subject, proposal.text) != draft.digest:\n",
        "    if False:\n",
        (_RECORDS + "test_t62_letters_that_were_swapped_in_the_queue_do_not_leave",),
    ),
    Defence(
        "four eyes: not its author",
        ("T53",),
        "bot/domain/drafts.py",
        "    if approver == draft.author:\n",
        "    if False:\n",
        (_APPROVALS + "test_the_author_of_a_draft_does_not_approve_it",),
    ),
    Defence(
        "four eyes: not who verified by hand",
        ("T53",),
        "bot/domain/drafts.py",
        "    if approver == verified_by:\n",
        "    if False:\n",
        (_APPROVALS + "test_who_verified_by_hand_does_not_approve",),
    ),
    Defence(
        "nobody approves the answer to themselves",
        ("T53",),
        "bot/domain/drafts.py",
        "    if approver == requester:\n",
        "    if False:\n",
        (_APPROVALS + "test_nobody_approves_the_answer_to_their_own_request",),
    ),
    Defence(
        "a draft is approved once",
        ("T49",),
        "bot/domain/drafts.py",
        '    if draft.state != "open":\n',
        "    if False:\n",
        (
            _SLACK + "test_t49_of_two_who_approve_at_once_one_sends_and_the_other_hears_so",
            _APPROVALS + "test_a_draft_is_approved_once",
        ),
    ),
    Defence(
        "what a thief looks for needs a reason",
        ("T74",),
        "handlers/approvals.py",
        "        if missing := reason_missing(discloses, reason):\n",
        '        if missing := "":\n',
        (_REPLIES + "test_t74_a_card_number_in_a_reply_needs_a_reason",),
    ),
    Defence(
        "what a law forbids to disclose stays in",
        ("T74",),
        "bot/domain/drafts.py",
        "    if kept_in := forbidden(discloses, law):\n",
        "    if kept_in := ():\n",
        (_REPLIES + "test_t74_californian_law_lets_no_card_number_out_whoever_approves",),
    ),
    Defence(
        "a quotation is byte for byte",
        ("T52",),
        "bot/domain/drafts.py",
        "    if wrong := misquotations(text, policy):\n",
        "    if wrong := ():\n",
        (_APPROVALS + "test_a_misquotation_a_gap_and_nothing_at_all_are_not_even_saved",),
    ),
    Defence(
        "a subject is one line",
        ("T28", "T29"),
        "bot/adapters/rendering.py",
        '"Subject": _encoded(one_line(subject))',
        '"Subject": subject',
        (
            _MAILS + "test_any_text_yields_exactly_one_mail_to_one_recipient",
            _MAILS + "test_subject_and_name_are_read_as_they_were_written",
        ),
    ),
    Defence(
        "a recipient is exactly one address",
        ("T25", "T60"),
        "bot/adapters/rendering.py",
        "    if not _ADDRESS.fullmatch(text) or not text.isprintable():\n",
        "    if False:\n",
        (_MAILS + "test_anything_but_exactly_one_recipient_is_refused",),
    ),
    Defence(
        "a value is no template",
        ("T63",),
        "bot/adapters/rendering.py",
        '    subject, _, text = source.render(_values(context)).strip().partition("\\n")\n',
        "    once = source.render(_values(context))\n"
        "    again = source.environment.from_string(once).render(_values(context))\n"
        '    subject, _, text = again.strip().partition("\\n")\n',
        (_LETTERS + "test_a_value_is_text_and_never_a_template_a_block_or_a_header",),
    ),
    Defence(
        "text in a page is escaped",
        ("T44", "T63"),
        "bot/adapters/rendering.py",
        "_environment(self._folders, autoescape=True)",
        "_environment(self._folders, autoescape=False)",
        (_LETTERS + "test_text_of_staff_is_escaped",),
    ),
    Defence(
        "a line of one dot ends no letter",
        ("T30",),
        "bot/adapters/post.py",
        r'return re.sub(rb"(?m)^\.", b"..", self.content)',
        "return self.content",
        ("tests/adapters/test_post.py::TestTheWire::test_no_line_ends_a_letter_early",),
    ),
    # ---- Slack --------------------------------------------------------------------------------------------
    Defence(
        "a stranger's words are inert in Slack",
        ("T45", "T46"),
        "bot/adapters/cards.py",
        'return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")',
        "return text",
        (_SLACK + "test_t45_t46_markup_in_a_mail_is_text_in_every_message_and_modal",),
    ),
    Defence(
        "no post is unfurled",
        ("T46", "T55"),
        "bot/adapters/slack.py",
        "            unfurl_links=False,\n",
        "            unfurl_links=True,\n",
        (_SLACK + "test_t46_no_post_is_unfurled",),
    ),
    Defence(
        "what is too long for Slack is cut",
        ("T47",),
        "bot/adapters/cards.py",
        "    if len(text) <= limit:\n        return text\n",
        "    return text\n",
        (_SLACK + "test_t47_what_is_too_long_for_slack_is_cut_and_never_refused",),
    ),
    Defence(
        "names and numbers are covered in a channel",
        ("T10", "T55"),
        "bot/domain/masking.py",
        "    text = _NUMBER.sub(_COVER, text)\n",
        "",
        ("tests/handlers/test_postings.py::test_neither_card_nor_thread_names_the_requester",),
    ),
    Defence(
        "a request is Slack's by its signature",
        ("T48",),
        "bot/adapters/socket.py",
        "signing_secret=signing_secret or None)",
        "signing_secret=signing_secret or None, request_verification_enabled=False)",
        (_SLACK + "test_t48_a_request_that_slack_did_not_sign_just_now_is_refused_and_does_nothing",),
    ),
    Defence(
        "a press is acted on once",
        ("T49",),
        "handlers/slack.py",
        "    if any(await inbox.known(work, [origin], [content] if content else [])):\n",
        "    if False:\n",
        (
            _SLACK + "test_t49_a_signed_request_that_is_replayed_does_nothing_more",
            "tests/handlers/test_slack.py::test_a_payload_that_comes_again_is_acted_on_once",
        ),
    ),
    Defence(
        "only staff act",
        ("T50",),
        "handlers/staff.py",
        "        if not await self._is_named(user):\n",
        "        if False:\n",
        (_SLACK + "test_t50_who_is_no_full_member_of_the_staff_is_refused_on_record",),
    ),
    Defence(
        "no guest, bot or stranger acts",
        ("T50",),
        "handlers/staff.py",
        "        if not person.active or (self._slack.team and person.team != self._slack.team):\n",
        "        if False:\n",
        (_SLACK + "test_t50_who_is_no_full_member_of_the_staff_is_refused_on_record",),
    ),
    # ---- what is kept -------------------------------------------------------------------------------------
    Defence(
        "a changed entry of the journal shows",
        ("T69",),
        "bot/domain/journal.py",
        "        if entry.digest != entry.expected_digest():\n",
        "        if False:\n",
        (_RECORDS + "test_t69_whoever_changes_or_deletes_an_entry_of_the_journal_is_found_out",),
    ),
    Defence(
        "a lost end of the journal shows",
        ("T69",),
        "bot/domain/journal.py",
        "            if digests.get((reference, length)) != head:\n",
        "            if False:\n",
        (_RECORDS + "test_t69_whoever_deletes_the_end_of_a_chain_and_its_length_is_found_out_by_the_anchor",),
    ),
    Defence(
        "what is personal rests sealed",
        ("T66",),
        "bot/store/sealing.py",
        "    return nonce + AESGCM(secret).encrypt(nonce, plain, label.encode())\n",
        "    return nonce + plain\n",
        (
            _RECORDS + "test_the_database_holds_nothing_that_a_person_wrote_in_the_clear",
            "tests/store/test_sealing.py::test_any_changed_bit_is_noticed",
        ),
    ),
    Defence(
        "log lines are masked",
        ("T65", "T66"),
        "bot/logs.py",
        "        plain = pattern.sub(mask, plain)\n",
        "        pass\n",
        (_LOGS + "test_addresses_codes_and_tokens_are_masked",),
    ),
    Defence(
        "a record is one line",
        ("T65",),
        "bot/logs.py",
        "char if char.isprintable() else _escaped(char)",
        "char",
        (_LOGS + "test_t65_a_record_is_one_line_whatever_it_holds",),
    ),
    Defence(
        "an exception is told without its words",
        ("T66", "T71"),
        "bot/logs.py",
        '    return masked(str(error.args[0])) if speaks else ""\n',
        "    return str(error)\n",
        (_LOGS + "test_an_exception_is_types_and_places_without_its_values",),
    ),
    # ---- shapes -------------------------------------------------------------------------------------------
    Defence(
        "nesting has an end",
        ("T38",),
        "bot/domain/mime/parts.py",
        "        if depth > MAX_DEPTH:\n",
        "        if False:\n",
        (_SHAPES + "test_t38_the_next_mail_is_answered_and_staff_know_of_what_was_set_aside",),
    ),
    Defence(
        "text that nobody sees is left out",
        ("T34",),
        "bot/domain/mime/visibility.py",
        "return replace(look, gone=bool(no_room or gone))",
        "return replace(look, gone=False)",
        (_SHAPES + "test_t34_text_that_nobody_sees_asks_for_nothing_and_is_pointed_out",),
    ),
    Defence(
        "two texts that differ are pointed out",
        ("T33",),
        "bot/domain/bodies.py",
        "if plain.strip() and html.strip() and _differ(plain, html):",
        "if False:",
        (_SHAPES + "test_t33_where_text_and_html_differ_staff_see_what_was_read_and_are_warned",),
    ),
    Defence(
        "the name of a file is no path",
        ("T41",),
        "bot/domain/mail.py",
        '.rpartition("/")[2]\n    name = name.strip(". ")',
        '\n    name = name.strip(". ")',
        (_SHAPES + "test_t41_the_name_of_a_file_is_no_path_and_no_file_is_written",),
    ),
    Defence(
        "what is quoted is not the sender's word",
        ("T20", "T35"),
        "handlers/mail.py",
        "attempt(desk, work, new_text(mail), index)",
        "attempt(desk, work, mail.text, index)",
        (_CODES + "test_a_code_that_stands_only_in_what_is_quoted_is_not_tried",),
    ),
)
