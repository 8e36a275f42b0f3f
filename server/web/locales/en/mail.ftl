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
mail-device-you-title = Was it you?
mail-device-you = Then there is nothing to do.
mail-device-not-you-title = It wasn’t you?
mail-device-not-you = Tell your administrator at once: whoever holds this phone can approve sign-ins in your name. Then ask for a new password.
