### The page of an account's security, in English. Each button that takes something away says what follows.

security-title = Security of your account
security-recovery-title = Someone asked to get in without your phone
security-recovery-text = Unless it is stopped, everything that confirms your sign-ins can be removed from { $until } on. If it wasn’t you, someone knows your password and reads your mail.
security-recovery-stop = Stop it
security-remove = Remove
security-end = End

security-phone-remove-why = It can no longer approve your sign-ins. To use it again, you’d add it anew.
security-phone-remove = Remove this phone

security-passkeys = Passkeys and security keys
security-no-passkeys = None yet. A passkey confirms a sign-in with one touch, and can’t be used on a forged page.
security-add-passkey = Add a passkey
security-change-passkeys = Add, rename or remove

security-no-authenticator = None yet. Its codes confirm sign-ins also without a network.
security-authenticator-on = Set up
security-authenticator-add = Show pairing code for authenticator apps
security-authenticator-another = Show pairing code for another app
security-authenticator-remove-why = Its codes will no longer confirm your sign-ins. Delete the entry in the app as well.
security-authenticator-remove = Remove the authenticator app

security-codes = Recovery codes
security-no-codes = None yet. With one of them you get in when nothing else is at hand.
security-codes-left = { $left ->
    [0] None left
    [one] One left
   *[other] { $left } left
}
security-codes-made = Made { $when }
security-codes-anew = Make anew
security-codes-anew-why = Ten new codes are shown once. The codes you have now stop working.
security-codes-make = Make recovery codes

security-browsers = Trusted browsers
security-browsers-text = Here you’ve confirmed sign-ins before. A browser that is removed is treated as new.
security-no-browsers = None yet. A browser is trusted once you’ve confirmed a sign-in in it.
security-some-browser = A browser
security-this-browser = This browser
security-remembered = Not asked here until { $until }
security-browser-remove-why = The next sign-in in it is treated as from a new browser, and has to be confirmed.
security-browser-remove = Remove this browser
security-browsers-remove-open = Remove all browsers
security-browsers-remove-why = The next sign-in in any of them is treated as from a new browser, and has to be confirmed.
security-browsers-remove = Remove all browsers

security-sessions = Where you’re signed in
security-this-session = This session
security-since = Since { $when }
security-session-end-why = Whoever uses it has to sign in again.
security-session-end = End this session
security-sessions-end-open = End all other sessions
security-sessions-end-why = You stay signed in here, and are signed out everywhere else.
security-sessions-end = End all other sessions

security-activity = Recent activity

security-done-phone-removed = The phone was removed.
security-done-authenticator-added = The authenticator app is set up.
security-done-authenticator-removed = The authenticator app was removed.
security-done-browser-forgotten = The browser was removed.
security-done-browsers-forgotten = All browsers were removed.
security-done-session-ended = The session was ended.
security-done-sessions-ended = All other sessions were ended.
security-done-recovery-stopped = It was stopped, and nothing was removed. If it wasn’t you who asked, ask your administrator for a new password.
security-done-confirmed = Thank you. For a while you can make changes here without being asked again.
security-not-gone = That isn’t there any more. Nothing was changed.

activity-signed-in = Signed in
activity-session-ended = Session ended
activity-denied = Sign-in denied on a phone
activity-reported = Sign-in reported on a phone
activity-wrong-number = Wrong number entered on a phone
activity-wrong-code = Wrong code entered
activity-no-answer = Sign-in without an answer
activity-phone-added = Phone added
activity-phone-removed = Phone removed
activity-authenticator-added = Authenticator app set up
activity-authenticator-removed = Authenticator app removed
activity-passkey-added = Passkey added
activity-passkey-removed = Passkey removed
activity-codes-made = Recovery codes made
activity-browser-forgotten = Trusted browser removed
activity-browser-copied = Browser may have been copied
activity-password-changed = Password changed
activity-password-set = Password set by an administrator
activity-email-changed = E-mail address changed
activity-turned-on-by-other = Second step turned on by the organisation
activity-turned-off-by-other = Second step turned off by the organisation
activity-factors-reset = Confirmation reset by an administrator
activity-recovery-asked = Instructions for a lost phone sent
activity-recovery-waiting = Waiting time for a lost phone begun
activity-recovery-stopped = Waiting time for a lost phone stopped
activity-recovery-done = Lost phone removed

## Who is it?

confirm-factor = You’re about to change how your account is protected. Confirm with what you sign in with; the change follows afterwards.
confirm-password = You’re about to change how your account is protected. Type your password again.
confirm-wrong = That isn’t your password. Please try again.
confirm-suspended = { $minutes ->
    [one] Too many wrong passwords. Try again in a minute.
   *[other] Too many wrong passwords. Try again in { $minutes } minutes.
}
