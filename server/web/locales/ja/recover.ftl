### スマートフォンをなくしたとき（日本語）。サインインできずに困っている人が読む。次に何が起きるか、どれだけかかるかを書く。

recover-ask-title = スマートフォンをなくしたとき
recover-ask-text = { $to } にリンクを送ります。このブラウザーで開いてください。
recover-ask-other = リンクのほかに、リカバリーコードか認証アプリがあれば、なくしたスマートフォンをすぐに削除できます。パスキーがあるときは、前の画面に戻り、パスキーでサインインしてください。
recover-ask-wait = メールしか使えない場合は{ $hours }時間かかり、その間は中止できます。
recover-send = リンクを送信
recover-again-in = 次に送信できるまで

recover-sent-title = メールをご確認ください
recover-sent-text = { $to } にリンクを送信しました。{ $minutes }分以内に、このブラウザーで開いてください。
recover-sent-not = 届かないときは、迷惑メールのフォルダーをご確認いただくか、管理者にお問い合わせください。

recover-prove-title = もう1つ確認が必要です
recover-prove-text = メールだけでは、スマートフォンを削除できません。お手元にあるものを選んでください。
recover-prove-none = メールだけでは、スマートフォンをすぐには削除できません。ほかの方法は設定されていません。
recover-nothing-title = どれも手元にない場合
recover-nothing-text = { $hours }時間お待ちいただきます。ご本人と管理者にメールでお知らせし、その間はどなたでも中止できます。管理者に依頼すれば、すぐに対応できることもあります。
recover-begin-wait = { $hours }時間の待機を始める

recover-waiting-title = 待機を始めました
recover-waiting-text = { $until } に終わります。
recover-waiting-then = 終わったら、メールのリンクをこのブラウザーでもう一度開いてください。
recover-waiting-told = スマートフォンが見つかった場合や、心当たりがない場合は、ここか2通目のメールのリンクから中止してください。
recover-found = 見つかったので中止する

recover-remove-title = なくしたものを選んでください
recover-remove-text = お手元にないものを選んでください。
recover-remove-none = 1つ以上選んでください。
recover-remove-why = 選んだものでは、サインインを確認できなくなります。また、すべてのブラウザーからサインアウトします。
recover-remove = 選んだものを削除

recover-done-title = 削除しました
recover-done-text = サインインの確認には使えなくなりました。もう一度サインインして、新しいスマートフォンまたは別の方法を設定してください。

recover-stop-title = 中止しますか
recover-stop-text = このアカウントへの、スマートフォンなしでのサインインが求められています。中止すると、何も削除されません。
recover-stop-admin-text = { $person }がスマートフォンなしでのサインインを求めています。中止すると、何も削除されません。
recover-stopped-title = 中止しました
recover-stopped-text = 何も削除されていません。ご自身で始めた手続きでなければ、パスワードが他の人に知られています。管理者に新しいパスワードの発行を依頼してください。

recover-other-title = 手続きを始めたブラウザーで開いてください
recover-other-text = ほかの人に使われないよう、リンクはそのブラウザーでのみ有効です。メールのリンクをコピーして、そのブラウザーで開いてください。
recover-over-title = このリンクは無効になりました
recover-over-text = リンクは30分間有効で、1回だけ使えます。必要なときは、サインインして「スマートフォンをなくしたとき」を選んでください。
recover-no-login-title = 先にサインインしてください
recover-no-login-text = メールアドレスとパスワードを入力し、次の画面で「スマートフォンをなくしたとき」を選んでください。

recover-not-now-title = 今は開始できません
recover-not-now-text = このアカウントでは、別の待ち時間がすでに始まっているか、24時間以内に止められています。ご自分で始めた場合は、そのブラウザーで続けてください。それ以外は、管理者に連絡してください。
