### What the pages say, in English. Short and plain: what happened, what to do, no blame.

## Used on several pages

start-again = Start again
back = Back
cancel = Cancel
list-separator = { ", " }

## Sign in

login-title = Sign in
login-email = E-mail
login-password = Password
login-submit = Continue
login-next = Next, we’ll ask your phone.
login-message-wrong = That e-mail and password don’t go together. Please try again.
login-message-busy = Many people are signing in right now. Please try again in a few seconds.
login-message-form-expired = This page had been open for a while. Please enter your details again.
login-message-signed-out = You are signed out.
login-message-over = That sign-in has ended. Please start again.

## Code screen

code-title = Check your phone
code-title-open = Open the app
code-type-number = Enter this number on your phone
code-tap = Approve the request to sign in
code-devices-more = { $names } and { $count ->
    [one] 1 more
   *[other] { $count } more
}
code-time-left = Time left
code-hint = No popup? Focus or Do Not Disturb may be on. Open the app: the request is waiting there.
code-hint-no-push = Open the app: the request is waiting there.
code-hint-trouble = Open the app: the request is waiting there.
code-hint-lost = They don’t reach this phone any more. Open the app: the request is waiting there, and popups are set up again.
code-hint-held-another = Another sign-in with your password is waiting. Open the app to see both, and approve only this one.
code-hint-held-too-many = It rang a short while ago without an approval. Open the app: the request is waiting there.
code-hint-held-denied = A sign-in was denied a short while ago. Open the app: the request is waiting there.
code-hint-held-reported = A sign-in was reported. Open the app: the request is waiting there.
code-connection-lost = Connection lost. Trying again…
code-continue = Continue
code-go-on = Go to the start page
code-ask-again = Ask my phone again
code-status-sending = Asking your phone…
code-status-asked = Request sent
code-status-no-push = This phone gets no popups
code-status-trouble = The popup is late
code-status-lost = Popups are off
code-status-held = Your phone stays quiet
code-status-delivered = Your phone has the request
code-status-seen = Seen on your phone
code-status-approved = Approved. Signing you in…
code-denied-title = Sign-in denied
code-status-denied = The request was denied on your phone. You can start again if you still want to sign in.
code-reported-title = Sign-in reported
code-status-reported = “This wasn’t me” was chosen on your phone, so this sign-in was stopped and you are signed out everywhere. At your next sign-in you’ll choose a new password.
code-wrong-number-title = Number didn’t match
code-status-wrong-number = A different number was entered on your phone, so this sign-in has ended. Start again to get a new number.
code-expired-title = No answer in time
code-status-expired = Your phone didn’t answer in time. Have it at hand, then start again.
code-not-completed-title = Approved, but not finished
code-status-not-completed = Your phone approved, but this page wasn’t open in time to finish. Start again and keep it open.
code-completed-title = You’re signed in
code-status-completed = This sign-in was finished in another tab.
code-no-login-title = Nothing to approve
code-status-no-login = No sign-in is waiting in this browser. It may have ended.
code-other-browser-title = Started in another browser
code-status-other-browser = A sign-in can be finished only in the browser that started it. Go back there, or start again here.

## Start page

start-title = You’re signed in
start-you = You
start-how = Confirmed with
start-when = Signed in
start-proof-password = Password alone
start-proof-remembered = Password, in a remembered browser
start-proof-some-phone = Password and a phone
start-proof-passkey = Password and a passkey
start-proof-totp = Password and an authenticator app
start-proof-email = Password and an e-mailed code
start-proof-recovery = Password and a recovery code
start-proof-phone = Password and { $device }
start-proof-phone-number = Password and { $device }, by number
start-devices = Your phones
start-no-devices = No phone yet. Add one to approve your sign-ins with a tap.
start-this-login = This sign-in
start-platform-desk = Desk phone
start-software = Practice phone
start-added = Added { $when }
start-last-used = Last used { $when }
start-never-used = Not used yet
start-push-lost = Popups don’t reach this phone any more. Open the app on it to switch them on again.
start-add-phone = Add a phone
start-sign-out = Sign out

## A new password, after a report

password-title = Choose a new password
password-text = You said that a sign-in with your password wasn’t you. Someone else may know it, so choose one you use nowhere else.
password-new = New password
password-help = At least 8 characters.
password-again = The same again
password-submit = Save and continue
password-problem-length = A password needs at least 8 characters, and can’t be as long as a page of text.
password-problem-differs = The two don’t match. Please type the new password twice.
password-problem-same = This is the password that was reported. Please choose another one.
password-problem-not-proved = This sign-in was confirmed by the reported password alone, so it can’t be changed here. Please ask your administrator for a new one.

## Adding a phone

pair-title = Add a phone
pair-begin-text = You’ll scan a code with the app on your phone, then type the six digits it shows you. Have the phone at hand.
pair-begin = Show the code
pair-step-scan = Scan this with the app on your phone
pair-qr-title = QR code that adds a phone to your account
pair-time-left = Valid for
pair-no-camera = Can’t scan? Use a link instead
pair-copy = Copy link
pair-copied = Copied
pair-step-code = Type the six digits your phone shows
pair-code-help = They appear after you scan.
pair-confirm = Add this phone
pair-problem-wrong = { $tries ->
    [one] That isn’t the code on the phone. You have one try left.
   *[other] That isn’t the code on the phone. You have { $tries } tries left.
}
pair-problem-unclaimed = No phone has scanned the code yet. Scan it first, then type the digits.
pair-done-title = Phone added
pair-done-text = { $device } can now approve your sign-ins.
pair-done-next = Done
pair-over-title = This code is no longer valid
pair-over-text = No phone was added. A code lasts five minutes, works for one phone, and allows a few tries. Start again to get a new one.

## The pairing link, opened in a browser without a session

landing-title = Open this link in the app
landing-app = This link adds a phone to an account. Open the app on this phone and scan the code from there.
landing-start = No code to scan yet? Sign in on your computer and choose “Add a phone”.

## When something is wrong

error-not-found-title = Page not found
error-not-found-text = There is nothing at this address. Check the link, or go to the start page.
error-host-title = Unknown address
error-host-text = No organisation signs in at this address. Check it for a typing mistake, or ask your administrator.
error-not-from-here-title = Not from this network
error-not-from-here-text = Your organisation lets people sign in only from networks that it knows, such as the office or its VPN. Connect to one of them and try again, or ask your administrator.
error-forbidden-title = Not allowed
error-forbidden-text = This request came from another site, so it was not carried out. Open the page again and retry.
error-form-expired-title = This page has expired
error-form-expired-text = It had been open for too long. Nothing was changed. Please open it again.
error-too-long-title = Too much to read
error-too-long-text = What was sent is larger than this page takes. Nothing was changed. Please shorten it and try again.
error-incomplete-title = Something got lost on the way
error-incomplete-text = Your request didn’t arrive in full. Nothing was changed. Check your connection and try again.
error-too-many-title = Too many tries
error-too-many-text = For safety, please wait a few minutes before you try again.
error-unavailable-title = Back in a moment
error-unavailable-text = The service can’t answer right now. Please try again shortly.
error-audit-broken-title = The audit log isn’t as it was written
error-audit-broken-text = Its end isn’t as the server sealed it, so nothing was exported. Keep a copy of the database as it is, and ask whoever runs the server to run “countersign audit verify”. The operations guide says what follows, under “The audit log”.
error-internal-title = Something went wrong
error-internal-text = The fault is ours, and it has been noted. Please try again. If it stays, tell your administrator.
error-next-start = Go to the start page
error-next-audit = Back to the audit log
error-next-again = Try again
