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
mail-fact-passkey = パスキー
mail-fact-old-email = 以前のアドレス
mail-fact-new-email = 新しいアドレス
mail-fact-codes-left = 残りのコード
mail-fact-until = 削除可能になる日時
mail-fact-removed = 削除したもの
mail-recovery-codes = リカバリーコード
mail-you-title = ご自身の操作の場合
mail-you = 必要なことはありません。
mail-not-you-title = 心当たりがない場合
mail-expected-title = ご存じの変更の場合
mail-not-expected-title = 心当たりがない場合
mail-link-account = アカウントのセキュリティを見る
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
mail-device-not-you = すぐに管理者にお知らせください。このスマートフォンを持つ人が、ご本人に代わってサインインを承認できてしまいます。あわせて、新しいパスワードの発行を依頼してください。

## サインインのメール

mail-code-subject = 【{ $tenant }】確認コードのお知らせ
mail-code-title = 確認コード
mail-code-lead = コードの入力を求めている画面に入力してください。有効時間は{ $minutes }分で、1回だけ使えます。
mail-code-not-you = このコードは、誰に聞かれても教えないでください。パスワードが他の人に知られています。管理者に知らせて、新しいパスワードの発行を依頼してください。

mail-wrong-subject = 【{ $tenant }】パスワードのあとに誤ったコードが入力されました
mail-wrong-title = コードの確認ができなかったサインインがあります
mail-wrong-lead = 正しいパスワードのあとに、誤ったコードが続けて入力されました。サインインはされていません。
mail-wrong-not-you = パスワードが他の人に知られています。すぐに管理者に知らせて、新しいパスワードの発行を依頼してください。同じパスワードを他のサービスでもお使いなら、そちらも変更してください。

mail-used-subject = 【{ $tenant }】リカバリーコードが使われました
mail-used-title = リカバリーコードが使われました
mail-used-lead = リカバリーコードの1つでサインインが確認されました。このコードはもう使えません。
mail-used-you = { $left ->
    [0] これが最後のコードでした。アカウントのセキュリティ画面で、早めに新しいコードを作成してください。
   *[other] 控えから、このコードを消してください。残りが少なくなったら、アカウントのセキュリティ画面で新しいコードを作成できます。
}
mail-used-not-you = パスワードとリカバリーコードが他の人に知られています。すぐに管理者にお知らせください。

mail-copied-subject = 【{ $tenant }】お使いのブラウザーの情報がコピーされた可能性があります
mail-copied-title = ブラウザーの情報がコピーされた可能性があります
mail-copied-lead = すでに更新された古い情報を使って、ブラウザーからのアクセスがありました。ブラウザーのデータがコピーされたときや、古いバックアップから復元されたときに起こります。
mail-copied-done = このブラウザーの登録を取り消しました。次のサインインでは確認が必要になります。
mail-copied-restored-title = バックアップからの復元や、パソコンの移行をした場合
mail-copied-else-title = そうでない場合
mail-copied-next = 管理者に知らせたうえで、サインインに使っているパソコンがマルウェアに感染していないかお調べください。

## アカウントのメール

mail-email-subject = 【{ $tenant }】メールアドレスが変更されました
mail-email-title = メールアドレスが変更されました
mail-email-lead = これからは新しいアドレスでサインインし、メールもそちらに届きます。
mail-email-not-you = すぐに管理者にお知らせください。新しいアドレスのメールを読める人が、アカウントに入れるおそれがあります。

mail-phone-removed-subject = 【{ $tenant }】スマートフォンが削除されました
mail-phone-removed-title = スマートフォンが削除されました
mail-phone-removed-lead = このスマートフォンでは、サインインを承認できなくなりました。
mail-totp-added-subject = 【{ $tenant }】認証アプリが設定されました
mail-totp-added-title = 認証アプリが設定されました
mail-totp-added-lead = これからは、認証アプリのコードでサインインを確認できます。
mail-totp-removed-subject = 【{ $tenant }】認証アプリの設定が削除されました
mail-totp-removed-title = 認証アプリの設定が削除されました
mail-totp-removed-lead = 認証アプリのコードでは、サインインを確認できなくなりました。
mail-passkey-added-subject = 【{ $tenant }】パスキーが追加されました
mail-passkey-added-title = パスキーが追加されました
mail-passkey-added-lead = これからは、このパスキーでサインインを確認できます。
mail-passkey-removed-subject = 【{ $tenant }】パスキーが削除されました
mail-passkey-removed-title = パスキーが削除されました
mail-passkey-removed-lead = このパスキーでは、サインインを確認できなくなりました。
mail-codes-made-subject = 【{ $tenant }】新しいリカバリーコードが作成されました
mail-codes-made-title = 新しいリカバリーコードが作成されました
mail-codes-made-lead = コード1つにつき、サインインを1回確認できます。以前のコードは使えなくなりました。
mail-factor-added-not-you = すぐに管理者にお知らせください。ほかの人がご本人に代わってサインインできるおそれがあります。あわせて、新しいパスワードの発行を依頼してください。
mail-factor-removed-not-you = すぐに管理者にお知らせください。ほかの人がご本人に代わってアカウントを変更したおそれがあります。あわせて、新しいパスワードの発行を依頼してください。

mail-reset-subject = 【{ $tenant }】サインインの確認方法が管理者によりリセットされました
mail-reset-title = サインインの確認方法がリセットされました
mail-reset-lead = スマートフォンの紛失などに備えて、管理者がサインインの確認方法をすべて削除しました。
mail-reset-removed = スマートフォン、パスキー、認証アプリ、リカバリーコードを削除しました。
mail-reset-sessions = すべてのブラウザーからサインアウトしました。
mail-reset-next = サインインして、スマートフォンまたは別の確認方法を設定してください。
mail-reset-not-you = 誰の依頼によるものか、管理者に直接か電話でお確かめください。

## スマートフォンをなくしたときのメール

mail-recover-subject = 【{ $tenant }】スマートフォンなしでサインインするには
mail-recover-title = スマートフォンなしでサインインするには
mail-recover-lead = スマートフォンが手元にないとのお知らせを受け付けました。{ $minutes }分以内に、お手続きを始めたブラウザーでこのリンクを開いてください。
mail-recover-open = 手続きを続ける
mail-recover-not-you = リンクを開かず、誰にも渡さないでください。パスワードが他の人に知られています。管理者に知らせて、新しいパスワードの発行を依頼してください。

mail-waiting-subject = 【{ $tenant }】スマートフォンなしでのサインインが求められています
mail-waiting-title = スマートフォンなしでのサインインが求められています
mail-waiting-lead = 中止しない場合、{ $until } 以降、サインインの確認方法をすべて削除できるようになります。
mail-waiting-stop = 中止する
mail-waiting-not-you = すぐに中止してください。パスワードが他の人に知られ、メールも読まれています。メールのパスワードを変更し、管理者にお知らせください。
mail-waiting-you = その日時までお待ちください。そのあと、前にお送りしたメールのリンクを同じブラウザーでもう一度開いてください。

mail-waiting-admin-subject = 【{ $tenant }】{ $person }がスマートフォンなしでのサインインを求めています
mail-waiting-admin-title = スマートフォンなしでのサインインが求められています
mail-waiting-admin-lead = { $person }には、メール以外に確認の方法がありません。中止しない場合、{ $until } 以降、この方のサインインの確認方法をすべて削除できるようになります。
mail-waiting-admin-next = スマートフォンの紛失が事実かどうか、ご本人に直接か電話でお確かめください。事実でなければ中止してください。パスワードが他の人に知られ、メールも読まれています。

mail-recovered-subject = 【{ $tenant }】サインインの確認方法が削除されました
mail-recovered-title = サインインの確認方法が削除されました
mail-recovered-lead = 次のものでは、サインインを確認できなくなりました。
mail-recovered-you = 早めに新しいスマートフォンまたは別の確認方法を設定してください。
mail-recovered-not-you = すぐに管理者にお知らせください。ほかの人がご本人に代わってサインインできるおそれがあります。

mail-stopped-subject = 【{ $tenant }】スマートフォンなしでのサインインの手続きを中止しました
mail-stopped-title = スマートフォンなしでのサインインの手続きを中止しました
mail-stopped-lead = アカウントから削除されたものはありません。
mail-stopped-next = ご自身で始めた手続きでなければ、パスワードが他の人に知られています。管理者に新しいパスワードの発行を依頼してください。
