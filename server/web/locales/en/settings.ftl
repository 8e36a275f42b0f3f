### The settings of administrators, in English: who must prove a second factor, by what, and from where.

settings-lead = Who confirms sign-ins, by what, and from where. Nothing is saved before you’ve seen what it leads to.
settings-begin = Change the settings
settings-saved = Saved. It holds for every sign-in from now on.
settings-same = Nothing was changed: these are the settings already.
settings-only-administrators = Only administrators can change these settings.
settings-only-super = Only super administrators can change these settings. You can read them, and try what would happen.
settings-yes = Yes
settings-no = No
settings-as-server = As the server is set
settings-more = More

settings-who = Who is asked
settings-who-help = What holds for everybody, and rules that ask more. If several are for the same person, the strictest counts.
settings-base = Everybody
settings-ask-off = Off
settings-ask-optional = Optional
settings-ask-required = Required
settings-base-off = The password is enough, unless a rule below asks for more.
settings-base-optional = Whoever has set up a second factor is asked for it.
settings-base-required = Everybody is asked. Whoever has none sets one up while signing in.
settings-rule-base = What holds for everybody
settings-rule-named = Rule “{ $name }”
settings-rule-ask = What it asks
settings-rule-change = Change this rule
settings-rule-add = Add a rule
settings-rule-name = Name
settings-rule-who = For whom
settings-rule-roles = Roles, if it is for roles
settings-rule-types = Types of users, if it is for types
settings-rule-features = Only while these features are on
settings-rule-plans = Only on the plans { $plans }. Whoever runs the server sets that.
settings-rule-help = Separate several names by commas. Left empty, there is no condition.
settings-rule-remove = Remove this rule
settings-not-in-force = not in force
settings-switch-off = Off
settings-switch-on = On, for everybody
settings-choose-users = Choose users
settings-who-everyone = Everybody
settings-who-chosen = Users whom an administrator chose
settings-who-types-any = Types of users
settings-who-types = Users of the type { $types }
settings-who-no-type = Types of users: none ticked yet
settings-who-roles-any = Roles
settings-who-no-role = Roles: none ticked yet
settings-role-member = Members
settings-role-administrator = Administrators
settings-role-super = Super administrators
settings-when-feature = While “{ $name }” is on
settings-when-plan = On the plans { $plans }
settings-other-plan = This is part of the plans { $plans }. Yours is { $plan }, so it can’t be turned on.
settings-grace-days = Days to set one up
settings-grace-help = Whoever has to set up a second factor may put it off for so long. 0: at the next sign-in.
settings-types = Types of users
settings-types-help = One a line, as rules and the list of users have them.

settings-accepted = What is accepted
settings-accepted-help = Which ways there are to confirm a sign-in, and how sure they have to be.
settings-factors = Ways to confirm
settings-factor-push = Phone with the app
settings-factor-passkey = Passkey or security key
settings-factor-totp = Authenticator app
settings-factor-email = Code by e-mail
settings-factor-recovery = Recovery code
settings-floor = At least
settings-floor-low = Anything that is ticked
settings-floor-medium = No codes by e-mail
settings-floor-high = Phones and passkeys alone: they can’t be used on a forged page
settings-number = The phone asks for the number that the browser shows
settings-number-when-unusual = When something is unusual: a new browser, another network, after a denial
settings-number-always = Each time
settings-number-never = Never: a tap is enough
settings-digits = Digits of the number
settings-attestation = New phones prove where they keep their keys
settings-attestation-not-asked = Not asked
settings-attestation-recorded = Recorded: any phone is taken, and what it proved stands on its user’s page
settings-attestation-required = Required: only a phone that proves it is taken
settings-attestation-help = The phone’s maker vouches for it while it’s paired. Phones that are paired already stay. Which apps are taken is in the server’s own settings.
settings-email-code-seconds = Seconds that an e-mailed code is valid
settings-recovery-hours = Hours to wait for whoever lost everything but e-mail
settings-totp-algorithm = Hash of new authenticator apps
settings-totp-strict = Clocks of authenticator apps must be right to 30 seconds
settings-device-passcode = A phone’s passcode may approve in place of a face or fingerprint

settings-networks = Networks
settings-networks-help = One a line, such as 192.0.2.0/24 or 2001:db8::/32. You’re at { $address }.
settings-trusted = Here the password is enough
settings-trusted-help = Unless a sign-in was denied or reported lately.
settings-allowed = Sign in from here alone
settings-allowed-help = Left empty, people sign in from anywhere.

settings-sessions = Browsers and sessions
settings-sessions-help = Left empty, sessions last as the server is set. Those that there are go on.
settings-remember-days = Days without being asked again in the same browser
settings-session-hours = Hours that a session lasts
settings-session-administrator-hours = Hours for administrators

settings-rights = Who may what
settings-rights-help = Where a second factor is required, nobody can turn it off for themselves.
settings-off-by = Where it’s optional, it’s turned off by
settings-off-by-themselves = Everybody for themselves
settings-by-administrators = Administrators
settings-by-super = Super administrators alone
settings-changed-by = These settings are changed by
settings-when-off = When it is turned off, what has been set up is
settings-off-keep = Kept, for when it is turned on again
settings-off-remove = Removed
settings-two = Resets need two administrators
settings-two-label = An administrator’s reset of somebody needs a second administrator; these settings are then changed by super administrators alone

settings-check = Check the change
settings-check-help = Next you see whom it concerns. Nothing is saved yet.
settings-save = Save
settings-edit = Back to the form

settings-presets = Begin with ready settings
settings-presets-help = They replace who is asked and what is accepted. Networks, sessions and types of users stay.
settings-presets-open = Show them
settings-preset-use = Check
settings-preset-usual = Whoever has set up a second factor is asked for it. Administrators can require it of single users.
settings-preset-by-user = Off until an administrator turns it on, for one user or for many. App, authenticator app or code by e-mail.
settings-preset-by-type = Optional, turned on and off by everybody for themselves. Required for the types of users that you tick, and for all once the finance plug-in is on.
settings-preset-for-all = Required for everybody, and set up while signing in. Only a super administrator can make it optional.
settings-preset-company = One switch for the whole company, turned by administrators. Turned off, it is removed from everybody.

settings-problem-network = “{ $text }” is not a network. Write it as 192.0.2.0/24, one a line.
settings-problem-number = A number is missing or isn’t a whole one. Please correct it.
settings-problem-plan = That is part of the plans { $plans }. Yours is another one, so it can’t be turned on.
settings-problem-plans-set = Which plans the rule “{ $rule }” is part of can’t be changed here, nor can the rule be removed or renamed. Ask whoever runs the server.
settings-problem-locks-out = You’re at { $address }, which is in none of the networks that you’d allow. Add yours, or you couldn’t sign in again.
settings-problem-unreadable = That wasn’t readable as settings. Please begin anew.
settings-problem-rule-name = Each rule needs a name of its own: 1 to 40 letters, digits, spaces, “-” and “_”.
settings-problem-unknown-type = There is no type “{ $name }”. Add it to the types of users, or untick it.
settings-problem-type-name = “{ $name }” can’t be a type: use 1 to 40 letters, digits, spaces, “-” and “_”.
settings-problem-bounds = “{ $what }” is from { $least } to { $most }.
settings-problem-nothing-allowed = Nothing that people could set up would be accepted. Tick a phone, passkey or authenticator app that is sure enough.
settings-problem-too-many = That are too many rules, types or networks: 100 are the most.
settings-problem-no-plan = A rule has a condition on the plan that names no plan.

## A change, looked at before it is saved

preview-title = Check before you save
preview-lead = This is what would be so from the next sign-in on.
preview-means = What it means
preview-users = users
preview-asked-before = are asked now
preview-asked-after = would be asked
preview-nobody = Who is asked for a second factor, and who has to set one up, stays as it is.
preview-network-trusted = { $users ->
    [one] From { $networks }, the password will be enough, also for the one user who is asked for a second factor elsewhere
   *[other] From { $networks }, the password will be enough, also for the { $users } users who are asked for a second factor elsewhere
}
preview-network-untrusted = { $users ->
    [one] From { $networks }, the password will no longer be enough for the one user who is asked for a second factor
   *[other] From { $networks }, the password will no longer be enough for the { $users } users who are asked for a second factor
}
preview-network-only = { $users ->
    [one] From anywhere but { $networks }, nobody will be able to sign in: there is one user
   *[other] From anywhere but { $networks }, none of the { $users } users will be able to sign in
}
preview-network-anywhere = { $users ->
    [one] From anywhere, one will be able to sign in: there is one user
   *[other] From anywhere, all { $users } users will be able to sign in
}
preview-network-opened = { $users ->
    [one] From { $networks }, which isn’t allowed now, one will be able to sign in: there is one user
   *[other] From { $networks }, which isn’t allowed now, all { $users } users will be able to sign in
}
preview-network-closed = { $users ->
    [one] From { $networks }, nobody will be able to sign in any more, where no other allowed network holds it: there is one user
   *[other] From { $networks }, none of the { $users } users will be able to sign in any more, where no other allowed network holds it
}
preview-elsewhere = The figures are for sign-ins from networks that aren’t trusted.
preview-passcode = Phones that approve by their passcode are refused at their next approval, and have to be paired again.
preview-session-lengths = The other session lengths are for sessions that begin from then on.
preview-set-up = { $users ->
    [one] user must set up a second factor at the next sign-in
   *[other] users must set up a second factor at the next sign-in
}
preview-set-up-later = { $users ->
    [one] user must set up a second factor within { $days } days
   *[other] users must set up a second factor within { $days } days
}
preview-asked = { $users ->
    [one] user is asked for the second factor that is there already
   *[other] users are asked for the second factor that they have already
}
preview-loses = { $users ->
    [one] user has something set up that is no longer accepted
   *[other] users have something set up that is no longer accepted
}
preview-removed = { $users ->
    [one] user loses what has been set up
   *[other] users lose what they have set up
}
preview-not-asked = { $users ->
    [one] user is no longer asked
   *[other] users are no longer asked
}
preview-browsers = { $users ->
    [one] user is asked again in a browser that was remembered
   *[other] users are asked again in a browser that was remembered
}
preview-show = Show who
preview-first = The first { $count } of them.
preview-later = { $count } more of them.
preview-more = Show more
preview-from-first = From the beginning
preview-sessions = Nobody is signed out: sessions that there are go on.
preview-told = { $users ->
    [0] Nobody is told by mail.
    [one] One user is told by mail.
   *[other] { $users } users are told by mail.
}
preview-no-mail = Nobody is told by mail: this server has no mail server.
preview-one = Look at one user
preview-look = Look
preview-find = Name or e-mail address
preview-from = Signing in from (optional)
preview-found-several = Whom do you mean?
preview-found-many = More than these match. Choose one, or type more of the name.
preview-found-nobody = There is no user with this e-mail address.
preview-found-none = There is no user with this name or e-mail address.
preview-found-disabled = This user is disabled, and can’t sign in at all.
preview-user = User
preview-now = Now
preview-then = Then
preview-by-rule = Because of
preview-changes = What you change
preview-setting = Setting
preview-nothing = Nothing
preview-stands-not-asked = Password alone
preview-stands-asked = Second factor
preview-stands-set-up = Sets one up
preview-stands-set-up-by = Sets one up by { $until }
preview-prove-first = It’s a while since you confirmed that it’s you. Confirm in a new tab, then come back and press Save again.
preview-prove = Confirm that it’s me
preview-overtaken = Somebody else changed the settings meanwhile. What you see now is your change to those: check it again.

## What would happen

what-if-title = What would happen if…
what-if-lead = Who would be asked for what when signing in from somewhere, by the settings as they are.
what-if-open = Try it
what-if-address = From the network address
what-if-browser = In
what-if-browser-known = The browser used last
what-if-browser-new = A new browser
what-if-ask = Look
what-if-not-an-address = That isn’t a network address. Write it as 192.0.2.7 or 2001:db8::7.
what-if-not-from-here = Can’t sign in from there
what-if-password = The password is enough
what-if-prove = Confirms with a second factor
what-if-set-up = Sets up a second factor first
what-if-elsewhere = Has to sign in at another address
what-if-why-elsewhere = What this user has set up is a passkey of another address of yours, and answers there alone.
what-if-why-network = The network isn’t one of those that are allowed.
what-if-why-off = No second factor is asked of this user.
what-if-why-nothing = It’s optional, and this user has set up none.
what-if-why-trusted = The network is trusted.
what-if-why-grace = One has to be set up, but not before { $until }.
what-if-why-remembered = This browser is remembered.
what-if-why-prove = By one of: { $ways }.
what-if-why-set-up = Nothing that is accepted has been set up yet.
what-if-tap-always = On the phone, a tap is enough: you never ask for the number.
what-if-tap-usual = On the phone, a tap is enough: nothing is unusual.
what-if-number-always = The phone asks for the number: you always ask for it.
what-if-number-browser = The phone asks for the number: the browser is new.
what-if-number-network = The phone asks for the number: the network is another one than usual.
what-if-number-denied = The phone asks for the number: a sign-in was denied or reported lately.
what-if-number-reported = The phone asks for the number: a sign-in from this address was reported lately.
what-if-number-administrator = The phone asks for the number: it always does for administrators.
what-if-then-set-up = Afterwards something that is accepted has to be set up.
what-if-no-browser = This user has no browser that is known yet, so it was looked at as a new one.
what-if-disabled = This user is disabled, and can’t sign in at all.
