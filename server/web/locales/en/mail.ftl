### What mails say, in English. Whoever reads one may never have asked for it: what happened first, then what to do.

mail-person = { $name } ({ $email })
mail-browser = { $browser } on { $system }
mail-fact-when = When
mail-fact-browser = Browser
mail-fact-address = Network address
mail-fact-place = Place
mail-fact-phone = Phone
mail-place-server = The server’s own computer
mail-place-private = A private network
mail-done = What was done
mail-next = What to do now
mail-link-sign-in = Sign in
mail-link-phones = See your phones
mail-fact-passkey = Passkey
mail-fact-old-email = Old address
mail-fact-new-email = New address
mail-fact-codes-left = Codes left
mail-fact-until = Possible from
mail-fact-removed = Removed
mail-recovery-codes = Recovery codes
mail-you-title = Was it you?
mail-you = Then there is nothing to do.
mail-not-you-title = It wasn’t you?
mail-expected-title = Did you expect this?
mail-not-expected-title = You didn’t expect it?
mail-link-account = See your account’s security
mail-why-user = Sent automatically, because this concerns the safety of your account at { $tenant }. Nobody reads replies.
mail-why-admin = Sent automatically, because you are an administrator at { $tenant }. Nobody reads replies.

mail-reported-subject = { $tenant }: the sign-in you reported was stopped
mail-reported-title = The sign-in you reported was stopped
mail-reported-lead = Someone signed in with your password, and you said on your phone that it wasn’t you. This sign-in was stopped.
mail-reported-stopped = This sign-in was ended.
mail-reported-sessions = You were signed out in every browser.
mail-reported-popups = Your phones get no popups for a while. To approve a sign-in of your own, open the app.
mail-reported-password = The next time you sign in, you’ll choose a new password.
mail-reported-next = Sign in soon and choose a new password: someone knows the one you have. If you use it elsewhere, change it there too.
mail-reported-mistake-title = Tapped by mistake?
mail-reported-mistake = Then all you need to do is choose a new password.

mail-reported-admin-subject = { $tenant }: a sign-in was reported by { $person }
mail-reported-admin-title = A sign-in was reported
mail-reported-admin-lead = { $person } answered “This wasn’t me” on the phone. Someone knows this person’s password. This sign-in was stopped.
mail-reported-admin-stopped = The sign-in was ended.
mail-reported-admin-sessions = { $person } was signed out in every browser.
mail-reported-admin-popups = Phones of this account get no popups for a while. Approving in the app still works.
mail-reported-admin-password = A new password has to be chosen at the next sign-in.
mail-reported-admin-next = Ask this person, face to face or by phone, whether the tap was meant. If others report the same network address, someone is trying many accounts.

mail-password-subject = { $tenant }: your password was changed
mail-password-title = Your password was changed
mail-password-lead = Your account has a new password. Everything that was begun with the old one has ended.
mail-password-not-you = Tell your administrator at once: someone can use your account in your name.

mail-device-subject = { $tenant }: a phone was added to your account
mail-device-title = A phone was added
mail-device-lead = { $device } can now approve your sign-ins.
mail-device-not-you = Tell your administrator at once: whoever holds this phone can approve sign-ins in your name. Then ask for a new password.

## Mails of a sign-in

mail-code-subject = { $tenant }: your code
mail-code-title = Your code
mail-code-lead = { $minutes ->
    [one] Enter it on the page that asked for it. It is valid for a minute and works once.
   *[other] Enter it on the page that asked for it. It is valid for { $minutes } minutes and works once.
}
mail-code-not-you = Give this code to nobody, whoever asks for it. Someone knows your password: tell your administrator, and ask for a new one.

mail-wrong-subject = { $tenant }: wrong codes after your password
mail-wrong-title = A sign-in failed at the code
mail-wrong-lead = Your password was typed, and then wrong codes. Nobody was let in.
mail-wrong-not-you = Then someone knows your password. Tell your administrator at once, and ask for a new one. If you use it elsewhere, change it there too.

mail-used-subject = { $tenant }: a recovery code was used
mail-used-title = A recovery code was used
mail-used-lead = One of your recovery codes confirmed a sign-in. It won’t work again.
mail-used-you = { $left ->
    [0] That was the last one. Make new codes soon, on your account’s security page.
   *[other] Cross it off your list. When few are left, make new ones on your account’s security page.
}
mail-used-not-you = Someone has your password and your recovery codes. Tell your administrator at once.

mail-copied-subject = { $tenant }: one of your browsers may have been copied
mail-copied-title = One of your browsers may have been copied
mail-copied-lead = A browser proved itself by something that had been replaced already. That happens when a browser’s data are copied, or when an old copy of them is restored.
mail-copied-done = That browser is no longer trusted. The next sign-in with it has to be confirmed.
mail-copied-restored-title = Did you restore a backup, or move to another computer?
mail-copied-else-title = If you didn’t
mail-copied-next = Tell your administrator, and have the computers that you sign in with checked for malware.

## Mails of an account

mail-email-subject = { $tenant }: your e-mail address was changed
mail-email-title = Your e-mail address was changed
mail-email-lead = You sign in with the new address from now on, and mail goes there.
mail-email-not-you = Tell your administrator at once: whoever reads the new address may get into your account.

mail-phone-removed-subject = { $tenant }: a phone was removed from your account
mail-phone-removed-title = A phone was removed
mail-phone-removed-lead = It can no longer approve your sign-ins.
mail-totp-added-subject = { $tenant }: an authenticator app was set up
mail-totp-added-title = An authenticator app was set up
mail-totp-added-lead = Its codes can now confirm your sign-ins.
mail-totp-removed-subject = { $tenant }: your authenticator app was removed
mail-totp-removed-title = Your authenticator app was removed
mail-totp-removed-lead = Its codes no longer confirm your sign-ins.
mail-passkey-added-subject = { $tenant }: a passkey was added
mail-passkey-added-title = A passkey was added
mail-passkey-added-lead = It can now confirm your sign-ins.
mail-passkey-removed-subject = { $tenant }: a passkey was removed
mail-passkey-removed-title = A passkey was removed
mail-passkey-removed-lead = It can no longer confirm your sign-ins.
mail-codes-made-subject = { $tenant }: new recovery codes were made
mail-codes-made-title = New recovery codes were made
mail-codes-made-lead = Each of them confirms one sign-in. Earlier codes no longer work.
mail-factor-added-not-you = Tell your administrator at once: someone can sign in in your name. Then ask for a new password.
mail-factor-removed-not-you = Tell your administrator at once: someone changed your account in your name. Then ask for a new password.

mail-reset-subject = { $tenant }: your administrator reset how you confirm sign-ins
mail-reset-title = How you confirm sign-ins was reset
mail-reset-lead = An administrator removed everything that confirms your sign-ins, as is done for a lost phone.
mail-reset-removed = Phones, passkeys, the authenticator app and recovery codes were removed.
mail-reset-sessions = You were signed out in every browser.
mail-reset-next = Sign in, and set up a phone or another way.
mail-reset-not-you = Ask your administrator, face to face or by phone, who wanted it.

## Mails of a lost phone

mail-recover-subject = { $tenant }: getting in without your phone
mail-recover-title = Getting in without your phone
mail-recover-lead = { $minutes ->
    [one] You said that you don’t have your phone. Open this link within a minute, in the browser in which you asked.
   *[other] You said that you don’t have your phone. Open this link within { $minutes } minutes, in the browser in which you asked.
}
mail-recover-open = Go on
mail-recover-not-you = Don’t open the link, and pass it on to nobody. Someone knows your password: tell your administrator, and ask for a new one.

mail-waiting-subject = { $tenant }: someone asks to get in without your phone
mail-waiting-title = Someone asks to get in without your phone
mail-waiting-lead = Unless this is stopped, everything that confirms your sign-ins can be removed from { $until } on.
mail-waiting-stop = Stop this
mail-waiting-not-you = Stop it now. Someone knows your password and reads your mail: change the password of your mailbox, and tell your administrator.
mail-waiting-you = Then wait until that time. Afterwards open the link of the earlier mail again, in the same browser.

mail-waiting-admin-subject = { $tenant }: { $person } asks to get in without a phone
mail-waiting-admin-title = Someone asks to get in without a phone
mail-waiting-admin-lead = { $person } has nothing but e-mail to get in. Unless this is stopped, everything that confirms this person’s sign-ins can be removed from { $until } on.
mail-waiting-admin-next = Ask this person, face to face or by phone, whether the phone is lost. If it isn’t, stop it: someone knows the password and reads the mail.

mail-recovered-subject = { $tenant }: lost ways to confirm sign-ins were removed
mail-recovered-title = Lost ways to confirm sign-ins were removed
mail-recovered-lead = What is listed here can no longer confirm your sign-ins.
mail-recovered-you = Set up a new phone or another way soon.
mail-recovered-not-you = Tell your administrator at once: someone can sign in in your name.

mail-stopped-subject = { $tenant }: getting in without your phone was stopped
mail-stopped-title = Getting in without your phone was stopped
mail-stopped-lead = Nothing was removed from your account.
mail-stopped-next = If it wasn’t you who asked for it, ask your administrator for a new password: someone knows the one you have.
