### メールの文言（日本語）。心当たりのない人も読むので、何が起きたか、次にどうすればよいかを順に書く。

mail-person = { $name }さん（{ $email }）
mail-browser = { $browser }（{ $system }）
mail-fact-when = 日時
mail-fact-browser = ブラウザー
mail-fact-address = ネットワークアドレス
mail-fact-place = 場所
mail-fact-phone = スマートフォン
mail-place-server = サーバーと同じコンピューター
mail-place-private = プライベートネットワーク
mail-done = 行った対応
mail-next = お願いしたいこと
mail-link-sign-in = サインインする
mail-link-phones = 登録済みのスマートフォンを見る
mail-why-user = { $tenant } のアカウントの安全に関わるため、自動でお送りしています。返信はお読みできません。
mail-why-admin = { $tenant } の管理者の方に自動でお送りしています。返信はお読みできません。

mail-reported-subject = 【{ $tenant }】報告されたサインインを中止しました
mail-reported-title = 報告されたサインインを中止しました
mail-reported-lead = お使いのパスワードでサインインしようとした人がいました。スマートフォンで「心当たりがない」と報告されたため、中止しています。
mail-reported-stopped = このサインインを終了しました。
mail-reported-sessions = すべてのブラウザーからサインアウトしました。
mail-reported-popups = しばらくの間、スマートフォンに通知を送りません。ご自身のサインインは、アプリを開くと承認できます。
mail-reported-password = 次のサインインのとき、新しいパスワードを設定していただきます。
mail-reported-next = 今のパスワードは他の人に知られています。早めにサインインして、新しいパスワードを設定してください。同じパスワードを他のサービスでもお使いなら、そちらも変更してください。
mail-reported-mistake-title = 誤ってタップした場合
mail-reported-mistake = 新しいパスワードを設定するだけで、ほかに必要なことはありません。

mail-reported-admin-subject = 【{ $tenant }】{ $person }からサインインの報告がありました
mail-reported-admin-title = サインインの報告がありました
mail-reported-admin-lead = { $person }がスマートフォンで「心当たりがない」と報告しました。パスワードが他の人に知られています。このサインインは中止しています。
mail-reported-admin-stopped = このサインインを終了しました。
mail-reported-admin-sessions = { $person }をすべてのブラウザーからサインアウトしました。
mail-reported-admin-popups = このアカウントのスマートフォンには、しばらくの間、通知を送りません。アプリを開けば承認できます。
mail-reported-admin-password = 次のサインインのとき、新しいパスワードの設定が必要です。
mail-reported-admin-next = 誤ってタップしたものでないか、ご本人に直接か電話でお確かめください。同じネットワークアドレスの報告が続くときは、多くのアカウントが狙われているおそれがあります。

mail-password-subject = 【{ $tenant }】パスワードが変更されました
mail-password-title = パスワードが変更されました
mail-password-lead = アカウントのパスワードが新しくなりました。以前のパスワードで始めたサインインは、すべて終了しています。
mail-password-not-you = すぐに管理者にお知らせください。ほかの人がご本人に代わってアカウントを使えるおそれがあります。

mail-device-subject = 【{ $tenant }】スマートフォンが追加されました
mail-device-title = スマートフォンが追加されました
mail-device-lead = これからは { $device } でサインインを承認できます。
mail-device-you-title = ご自身で追加した場合
mail-device-you = 必要なことはありません。
mail-device-not-you-title = 心当たりがない場合
mail-device-not-you = すぐに管理者にお知らせください。このスマートフォンを持つ人が、ご本人に代わってサインインを承認できてしまいます。あわせて、新しいパスワードの発行を依頼してください。
