### What the policy asks of whoever looks at the page of their account, in English.

own-required = Your organisation requires a second step when you sign in.
own-optional = You may set up a second step for your sign-ins.
own-optional-on = You use a second step when you sign in. You may turn it off.
own-optional-kept = You use a second step when you sign in. Only an administrator can turn it off.
own-off = Your organisation hasn’t turned on the second step. There’s nothing to set up.
own-off-kept = Your organisation has turned off the second step. What you’ve set up isn’t asked for, and you may remove it.
own-rule = The rule is called “{ $rule }”.
own-rule-chosen = An administrator chose this for you.
own-due = Set up a second step by { $until }. After that, you can’t sign in without it.
own-due-next = Your next sign-in will ask you to set up a second step.
own-due-button = Set up now
own-not-accepted = No longer accepted
own-last-one = It’s the last one that’s accepted, so it can’t be removed. Add another first, or ask an administrator.
own-last-one-refused = Nothing was removed: without it, you’d have no second step that’s accepted. Add another first, or ask an administrator.
own-not-offered = That can’t be added: your organisation doesn’t accept it or doesn’t ask for it.
own-turn-off-open = Turn off the second step
own-turn-off-why = Your phones, passkeys, authenticator app and recovery codes are removed. From then on, whoever knows your password can sign in. Where you’re signed in, you stay signed in.
own-turn-off = Turn it off
own-tick-go = Continue
security-done-turned-off = The second step is turned off. Your password alone signs you in.
activity-turned-off = Second step turned off
