### Mails of what is asked of people from now on, or no more, in English.

mail-fact-due = Set up by
mail-stays = What stays as it is

mail-on-subject = { $tenant }: signing in takes two steps from now on
mail-on-title = Signing in takes two steps from now on
mail-on-lead = Your administrator turned this on to protect your account: after your password, you confirm each sign-in with something that only you have.
mail-on-next = The next time you sign in, you’re shown how to set it up. It takes about two minutes; have your phone at hand.
mail-on-until = Set it up by { $until }, on your account’s security page. After that, you’re asked to when you sign in.
mail-on-ready = Nothing: you can confirm your sign-ins already.
mail-on-sessions = Where you’re signed in now, you stay signed in.

mail-off-subject = { $tenant }: signing in takes only your password again
mail-off-title = Signing in takes only your password again
mail-off-lead = Your administrator turned off the second step of signing in for your account.
mail-off-what = What became of your phone and other ways
mail-off-removed = They were removed from your account. You can delete its entry in your app.
mail-off-kept = They’re kept, in case it’s turned on again. You needn’t do anything.
mail-off-own-lead = The second step of signing in was turned off for your account. From now on, your password alone signs in.
mail-off-own-you = You needn’t do anything. You can delete the account’s entry in your app, and turn the second step on again whenever you like.
mail-off-not-expected = Ask your administrator, face to face or by phone.

mail-due-subject = { $tenant }: set up the second step of signing in by { $until }
mail-due-title = Set up the second step of signing in
mail-due-lead = Your account needs a second step at sign-in, and nothing is set up for it yet.
mail-due-next = Set it up on your account’s security page. It takes about two minutes; have your phone at hand. After { $until }, you can’t sign in without it.

mail-reset-asked-subject = { $tenant }: someone asked to reset how you confirm sign-ins
mail-reset-asked-title = Someone asked to reset how you confirm sign-ins
mail-reset-asked-lead = An administrator asked to remove everything that confirms your sign-ins, as is done for a lost phone. A second administrator decides by { $until }. Nothing has been removed yet.
mail-reset-asked-you = Then wait: you’ll get another mail when it’s done.
mail-reset-asked-not-you = Tell another administrator at once, face to face or by phone: it can still be refused.

mail-reset-waits-subject = { $tenant }: a reset for { $person } waits for you
mail-reset-waits-title = A reset waits for a second administrator
mail-reset-waits-lead = { $by } asked to remove everything that confirms the sign-ins of { $person }. Another administrator carries it out or refuses it by { $until }; after that, it’s off.
mail-reset-waits-next = Ask this person, face to face or by phone, whether they want it. Then decide on the user’s page.
mail-reset-waits-open = See users
