# The audit log, for administrators.
audit-title = Audit log
audit-lead = Everything that touched somebody’s sign-in, the latest first. Lines can’t be changed unseen. Times and days are UTC.
audit-what = What happened
audit-any = Anything
audit-all-of = { $family }: anything
audit-result = Result
audit-any-result = Any
audit-person = Person
audit-person-hint = E-mail address
audit-by = Done by
audit-by-anyone = Anyone
audit-by-person = This person, to anybody
audit-by-command-line = Command line
audit-by-server = The server
audit-address = From address
audit-from = From day
audit-until = To day
audit-search = Search
audit-clear = Show everything
audit-export = Export as JSON lines
audit-export-found = Export what’s found
audit-none = Nothing in the log matches. Widen the search, or show everything.
audit-newest = Newest
audit-older = Older
audit-col-when = When
audit-col-what = What
audit-col-who = Who
audit-col-where = From
audit-col-more = Details
audit-done-by = by { $who }
audit-gone = A user who was removed
audit-particulars = Particulars
audit-receipt = Receipt
audit-chained = Line { $seq } of the chain
audit-loose = Not chained yet: a moment after it’s written, a line gets its place in the chain.
audit-rule = Rule: { $rule }
audit-problem-person = There’s no user with this e-mail address. Check how it’s written.
audit-problem-address = That isn’t a network address. Write it as 192.0.2.1 or 2001:db8::1.
audit-problem-day = That isn’t a day. Write it as 2026-11-22.
audit-problem-who = To see what a person did, type the person’s e-mail address.

## Results

audit-result-succeeded = Done
audit-result-refused = Refused
audit-result-failed = Failed
audit-result-asked = Begun
audit-result-noted = Noted

## Families of events

audit-family-login = Sign-ins
audit-family-session = Sessions
audit-family-email-code = E-mailed codes
audit-family-pairing = Pairing of phones
audit-family-device = Phones
audit-family-authenticator = Authenticator apps
audit-family-passkey = Passkeys
audit-family-recovery-codes = Recovery codes
audit-family-browser = Trusted browsers
audit-family-recovery = Lost phones
audit-family-factors = Resets
audit-family-user = Users
audit-family-tenant = Settings
audit-family-audit = Audit log
audit-family-other = Other

## Events. Those that people see in their own account have their words there.

audit-login-started = Password right, waiting for confirmation
audit-login-asked-again = Phone asked again
audit-login-seen = Request opened on a phone
audit-login-approved = Sign-in approved on a phone
audit-login-proved = Confirmed in another way
audit-login-set-up = Confirmation set up while signing in
audit-login-not-completed = Approved, but the browser didn’t go on
audit-session-confirmed = Confirmed again before a change
audit-email-code-sent = Code sent by e-mail
audit-pairing-offered = Pairing of a phone begun
audit-pairing-claimed = Phone scanned the pairing code
audit-pairing-claimed-twice = Second phone tried to use a pairing code
audit-pairing-wrong-code = Wrong code while adding a phone
audit-device-renamed = Phone renamed
audit-device-push-changed = Phone changed where its notifications go
audit-authenticator-offered = Pairing code for an authenticator app shown
audit-authenticator-wrong-code = Wrong first code of an authenticator app
audit-passkey-renamed = Passkey renamed
audit-passkey-refused = Passkey refused
audit-recovery-opened = Link for a lost phone opened
audit-recovery-proved = Lost phone: proved in another way
audit-recovery-wrong-code = Lost phone: wrong code entered
audit-recovery-stopped-by-sign-in = Waiting time for a lost phone stopped by a sign-in
audit-user-added = User added
audit-user-disabled = User disabled
audit-user-enabled = User enabled
audit-user-unlocked = Suspended ways unlocked
audit-user-new-password-required = New password required after a report
audit-tenant-added = Organisation added
audit-tenant-policy-changed = Policy changed
audit-tenant-facts-stated = Plan or features changed
audit-tenant-push-limits-set = Limits of notifications changed
audit-tenant-passkeys-set = Permitted passkeys changed
audit-audit-exported = Audit log exported
audit-audit-head-renewed = End of the audit chain sealed anew

## Reasons

audit-why-turned-off = Not asked: turned off for this person
audit-why-nothing-set-up = Not asked: optional, and nothing set up
audit-why-trusted-network = Not asked: trusted network
audit-why-grace = Not asked yet: time to set up is left
audit-why-remembered = Not asked: remembered browser
audit-why-tenant-rule = Tap or number: as the policy says
audit-why-usual = Tap: nothing unusual
audit-why-new-browser = Number: new browser
audit-why-new-network = Number: new network
audit-why-denied-lately = Number: denied lately
audit-why-reported-address = Number: address was reported
audit-why-administrator = Number: administrator
audit-why-factors-change = Number: change of how the account is protected
