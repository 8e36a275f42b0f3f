### Users, as administrators see them, in English. What takes something away says what follows.

role-member = Member
role-administrator = Administrator
role-super-administrator = Super administrator
asked-off = Off
asked-optional = Optional
asked-required = Required
held-push = Phone
held-passkey = Passkey
held-email = E-mail
held-nothing = Nothing
held-something = Anything
list-and = {", "}

users-count = { $count ->
    [0] Nobody
    [one] One user
   *[other] { $number } users
}
users-count-more = More than { $number } users
users-export = Export as CSV
users-resets = Resets that wait for a second administrator
users-reset-by = Asked by { $by }
users-reset-until = Until { $until }
users-search = Name or e-mail address
users-any = Any
users-show = Show
users-clear = Show all
users-state = Account
users-active = Active
users-disabled = Disabled
users-chosen = Turned on for them
users-chosen-on = Yes
users-chosen-off = No
users-holds = Set up
users-type = Type
users-role = Role
users-no-type = None
users-select-page = Select all on this page
users-user = User
users-kind = Kind
users-asked = Second factor
users-last = Last sign-in
users-never = Never
users-none = Nobody matches.
users-pages = Pages
users-before = Back
users-after = Next
users-nobody-selected = Nobody was selected. Select users in the list, or choose all that match.
users-confirmed = Thank you. For a while you can make changes here without being asked again. Please choose again what to do.

action-turn-on = Turn the second factor on
action-turn-off = Turn the second factor off
action-disable = Disable
action-enable = Enable
action-reset = Reset the second factor
action-unlock = Lift suspensions
action-end-sessions = Sign out everywhere
action-set-type = Make their type “{ $type }”
action-no-type = Give no type
action-set-role = Give another role
action-tell-on = Tell people that it’s turned on
action-tell-due = Remind people to set it up
action-tell-off = Tell people that it’s turned off

bulk-title = What to do
bulk-whom = Who
bulk-these = Those selected
bulk-all = All that match: { $number }
bulk-action = Action
bulk-go = Go on
bulk-meant = Who is meant
bulk-more = and { $number } more
bulk-skipped = You, and users with a higher role than yours, are left out. It’s done in the background; you can watch it and stop it.
bulk-turn-on-title = { $count ->
    [one] Turn the second factor on for one user?
   *[other] Turn the second factor on for { $number } users?
}
bulk-turn-on-why = From the next sign-in on, they confirm it with a second factor; whoever has none sets one up, unless mail is enough. They’re told by mail, and stay signed in where they are.
bulk-turn-off-title = { $count ->
    [one] Turn the second factor off for one user?
   *[other] Turn the second factor off for { $number } users?
}
bulk-turn-off-why = { $holding ->
    [0] Unless another rule asks for more, their password alone signs them in; then they’re told by mail.
   *[other] What { $number } of them have set up is kept or removed as the settings say. Unless another rule asks for more, the password alone then signs in whoever has nothing set up, and the others too where the settings say “off”. Those whom that concerns are told by mail.
}
bulk-set-role-title = { $count ->
    [one] Give one user another role?
   *[other] Give { $number } users another role?
}
bulk-set-role-why = Whoever gets more to say than before is signed out everywhere.
bulk-disable-title = { $count ->
    [one] Disable one user?
   *[other] Disable { $number } users?
}
bulk-disable-why = They’re signed out everywhere at once, and can’t sign in until they’re enabled again.
bulk-enable-title = { $count ->
    [one] Enable one user?
   *[other] Enable { $number } users?
}
bulk-enable-why = They can sign in again, with the password and whatever else they had.
bulk-reset-title = { $count ->
    [one] Reset the second factor of one user?
   *[other] Reset the second factor of { $number } users?
}
bulk-reset-why = { $holding ->
    [0] None of them has set anything up. They’re signed out everywhere, and told by mail.
    [one] One of them has set something up: phones, passkeys, authenticator app and recovery codes are removed for good. They’re signed out everywhere, and told by mail.
   *[other] { $number } of them have set something up: phones, passkeys, authenticator apps and recovery codes are removed for good. They’re signed out everywhere, and told by mail.
}
bulk-unlock-title = { $count ->
    [one] Lift the suspensions of one user?
   *[other] Lift the suspensions of { $number } users?
}
bulk-unlock-why = Ways to sign in that are suspended after too many wrong codes can be used again.
bulk-end-sessions-title = { $count ->
    [one] Sign one user out everywhere?
   *[other] Sign { $number } users out everywhere?
}
bulk-end-sessions-why = All their sessions end at once. They can sign in again.
bulk-set-type-title = { $count ->
    [one] Change the type of one user?
   *[other] Change the type of { $number } users?
}
bulk-set-type-why = They’re of the type “{ $type }” afterwards. What is asked of them may change with it.
bulk-no-type-why = They’re of no type afterwards. What is asked of them may change with it.
bulk-tell-title = { $count ->
    [one] Tell one user?
   *[other] Tell { $number } users?
}
bulk-tell-why = They get a mail.

user-done = Done.
user-same = It was so already. Nothing was changed.
user-not-allowed = You can’t do this to this user: it’s your own account, or takes a higher role.
user-last = This is the last super administrator. Make somebody else one first.
user-not-in-policy = The settings have no rule for chosen users, or no such type.
user-needs-two = This would let somebody in without what this user has set up, and here that takes two administrators. Ask for a reset first: a second administrator carries it out.
user-reset-asked = It was asked for. Another administrator carries it out or refuses it within 24 hours; the user was told by mail.
user-reset-waits = A reset waits already.
user-reset-refused = The reset was refused. Nothing was removed.
user-reset-lapsed = Nothing was removed: whoever asked for this reset may not do so any more. If it’s still wanted, ask for it again.
user-reset-over = This reset doesn’t wait any more. Nothing was changed.
user-email-taken = Another user has this e-mail address.
user-not-an-email = This isn’t an e-mail address. Write it as ada@example.com.
user-name-long = A name has at most 200 characters.
user-password-length = A password has at least 8 characters.
user-added-done = The user was added.
user-reset-title = A reset waits for a second administrator
user-reset-decide = Ask this person, face to face or by phone, whether they want it. If you carry it out, phones, passkeys, authenticator app and recovery codes are removed for good, and they’re signed out everywhere.
user-reset-carry-out = Carry out the reset
user-reset-refuse = Refuse it
user-reset-another = It takes another administrator to decide.
user-second-factor = Second factor
user-by-rule = by the rule “{ $rule }”
user-by-base = as of everybody
user-grace = To be set up by
user-added = Added
user-actions = What you can do
user-not-yours = You can’t change this user: it’s your own account, or has a higher role than yours.
user-account = Account
user-name = Name
user-email = E-mail address
user-email-note = If you change the address, both the old and the new one are told.
user-save = Save
user-new-password = Give a new password
user-new-password-why = They’re signed out everywhere, are told by mail, and choose another password after the next sign-in. Tell them this one face to face or by phone.
user-initial-password = Password for the first sign-in
user-nothing = Nothing.
user-reset-ask = Ask for a reset
user-turn-on-why = From the next sign-in on, it has to be confirmed with a second factor. The person is told by mail.
user-turn-off-why = What is set up is kept or removed as the settings say. Unless another rule asks for more, the password alone then signs in where nothing is set up, or where the settings say “off”; then the person is told by mail.
user-disable-why = The person is signed out everywhere at once, and can’t sign in until enabled again.
user-enable-why = The person can sign in again, with the password and whatever else there was.
user-unlock-why = Ways to sign in that are suspended after too many wrong codes can be used again.
user-end-sessions-why = All sessions end at once. The person can sign in again.
user-reset-why = Phones, passkeys, authenticator app and recovery codes are removed for good. The person is signed out everywhere, and told by mail.
user-reset-ask-why = Another administrator carries it out or refuses it within 24 hours. The person is told by mail that it was asked for.
user-phones = Phones
user-codes = Codes
user-browsers = Trusted browsers
user-sessions = Sessions
user-added-on = Added { $when }
user-used-on = Used { $when }
user-since = Since { $when }
user-codes-left = { $left ->
    [one] One left
   *[other] { $left } left
}

user-add-title = Add a user
user-add-lead = They sign in with this password once, and then choose another one. Tell it to them face to face or by phone.
user-add = Add the user

jobs-title = Work on many users
jobs-none = None yet.
job-state = State
job-when = Begun
job-waiting = Under way
job-done = Done
job-stopped = Stopped
job-later = Begins { $when }
job-progress = How far it is
job-total = Meant
job-seen = Looked at
job-changed = Changed
job-begun = Begun { $when }.
job-unchanged = Users who weren’t changed were so already, or may not be changed by whoever began it.
job-stop = Stop
job-stop-why = What was done stays done, and nobody else is changed. It can’t be taken up again.
job-not-yours = You can’t stop this: it takes a higher role.

import-title = Import CSV
import-lead = First you’re shown what would change. Nothing is done before you say so.
import-file = A CSV file
import-table = or its text
import-columns = The first line names the columns: email, and any of name, type, role, language (en or ja) and password. Language and password are for new users alone. Users are found by e-mail address. The columns of an export may stay. Only a super administrator gives roles.
import-look = See what would change
import-looked-at = What would change
import-done = Imported
import-new = New
import-changed = Changed
import-same = The same
import-wrong = Left out
import-line = Line
import-why = Why it’s left out
import-new-note = New users without a password can’t sign in until you give them one. A password in the table has to be replaced after the first sign-in.
import-do = { $count ->
    [one] Import one user
   *[other] Import { $number } users
}
import-no-email = The first line must name the columns, and one of them must be email.
import-unknown-column = There’s no column “{ $column }”. The columns are email, name, type, role, language and password.
import-column-twice = The column “{ $column }” stands there twice.
import-too-long = This is more than 1 MB. Import it in parts, or by the command line.
import-too-many-lines = More than 20,000 lines. Split the file, and import its parts one after the other.
import-too-many-passwords = More than 1,000 lines have a password. Import them in parts, or by the command line.
import-empty = There’s no line but the first.
import-wrong-cells = It has more or fewer cells than there are columns.
import-wrong-twice = The same e-mail address stands further up.
import-wrong-language = The language is en or ja.
import-wrong-type = The settings have no such type.
import-wrong-role = A role is member, administrator or super-administrator.
import-wrong-role-given = Only a super administrator gives this role.

## What a phone proved of its keys

user-keys-trusted-environment = Its maker vouches: keys in hardware
user-keys-strong-box = Its maker vouches: keys in a security chip
user-keys-apple-device = Apple vouches: genuine app on a genuine device
user-keys-development = Its maker vouches, for a development build of the app
user-keys-absent = Its maker doesn’t vouch for it
user-keys-revoked = Not vouched for: its certificate was revoked
user-keys-software = Not vouched for: keys could be used without its owner or its hardware
user-keys-system = Not vouched for: its system isn’t its maker’s
user-keys-app = Not vouched for: an app that the server’s settings don’t name
user-keys-unchecked = Not vouched for: the server couldn’t check it, see its log
user-keys-maker = Not vouched for: what it brought isn’t from its maker
