### アカウントのセキュリティ画面（日本語）。取り消しのきかないボタンには、何が起きるかを書く。

security-title = アカウントのセキュリティ
security-recovery-title = スマートフォンなしでのサインインが求められています
security-recovery-text = 中止しない場合、{ $until } 以降、サインインの確認方法をすべて削除できるようになります。心当たりがなければ、パスワードが他の人に知られ、メールも読まれています。
security-recovery-stop = 中止する
security-remove = 削除
security-end = 終了

security-phone-remove-why = このスマートフォンでは、サインインを承認できなくなります。もう一度使うには、改めて追加が必要です。
security-phone-remove = このスマートフォンを削除

security-passkeys = パスキー・セキュリティキー
security-no-passkeys = まだ登録がありません。パスキーなら、ひと触れで確認でき、偽の画面で使われることもありません。
security-add-passkey = パスキーを追加
security-change-passkeys = 追加・名前の変更・削除

security-no-authenticator = まだ設定されていません。認証アプリのコードは、電波がないときにも使えます。
security-authenticator-on = 設定済み
security-authenticator-add = 認証アプリ用のペアリングコードを表示
security-authenticator-another = 別の認証アプリ用のペアリングコードを表示
security-authenticator-remove-why = 認証アプリのコードでは、サインインを確認できなくなります。アプリに残った登録も削除してください。
security-authenticator-remove = 認証アプリの設定を削除

security-codes = リカバリーコード
security-no-codes = まだ作成されていません。ほかの方法が使えないとき、コードの1つでサインインできます。
security-codes-left = { $left ->
    [0] 残りはありません
   *[other] 残り{ $left }個
}
security-codes-made = { $when } 作成
security-codes-anew = 作り直す
security-codes-anew-why = 新しいコードを10個作成し、一度だけ表示します。今のコードは使えなくなります。
security-codes-make = リカバリーコードを作成

security-browsers = 信頼済みのブラウザー
security-browsers-text = サインインを確認したことのあるブラウザーです。削除すると、新しいブラウザーとして扱われます。
security-no-browsers = まだありません。サインインを確認したブラウザーが、ここに表示されます。
security-some-browser = ブラウザー
security-this-browser = このブラウザー
security-remembered = { $until } まで確認を省略
security-browser-remove-why = このブラウザーでの次のサインインは、新しいブラウザーからのものとして確認が必要になります。
security-browser-remove = このブラウザーを削除
security-browsers-remove-open = すべてのブラウザーを削除
security-browsers-remove-why = どのブラウザーでも、次のサインインは新しいブラウザーからのものとして確認が必要になります。
security-browsers-remove = すべてのブラウザーを削除

security-sessions = サインイン中の場所
security-this-session = 現在のセッション
security-since = { $when } から
security-session-end-why = このブラウザーでは、改めてサインインが必要になります。
security-session-end = このセッションを終了
security-sessions-end-open = ほかのセッションをすべて終了
security-sessions-end-why = この画面のサインインはそのままで、ほかのすべての場所からサインアウトします。
security-sessions-end = ほかのセッションをすべて終了

security-activity = 最近の出来事

security-done-phone-removed = スマートフォンを削除しました。
security-done-authenticator-added = 認証アプリを設定しました。
security-done-authenticator-removed = 認証アプリの設定を削除しました。
security-done-browser-forgotten = ブラウザーを削除しました。
security-done-browsers-forgotten = すべてのブラウザーを削除しました。
security-done-session-ended = セッションを終了しました。
security-done-sessions-ended = ほかのセッションをすべて終了しました。
security-done-recovery-stopped = 中止しました。何も削除されていません。ご自身で始めた手続きでなければ、管理者に新しいパスワードの発行を依頼してください。
security-done-confirmed = 確認できました。しばらくの間は、確認なしでこの画面の設定を変更できます。
security-not-gone = すでに削除されています。何も変更していません。

activity-signed-in = サインイン
activity-session-ended = セッションの終了
activity-denied = スマートフォンでサインインを拒否
activity-reported = スマートフォンでサインインを報告
activity-wrong-number = スマートフォンで誤った数字を入力
activity-wrong-code = 誤ったコードを入力
activity-no-answer = 応答のなかったサインイン
activity-phone-added = スマートフォンの追加
activity-phone-removed = スマートフォンの削除
activity-authenticator-added = 認証アプリの設定
activity-authenticator-removed = 認証アプリの設定を削除
activity-passkey-added = パスキーの追加
activity-passkey-removed = パスキーの削除
activity-codes-made = リカバリーコードの作成
activity-browser-forgotten = 信頼済みのブラウザーの削除
activity-browser-copied = ブラウザーの情報がコピーされた可能性
activity-password-changed = パスワードの変更
activity-password-set = 管理者によるパスワードの設定
activity-email-changed = メールアドレスの変更
activity-turned-on-by-other = 組織が2段階目の確認をオンに変更
activity-turned-off-by-other = 組織が2段階目の確認をオフに変更
activity-factors-reset = 管理者による確認方法のリセット
activity-recovery-asked = スマートフォン紛失時の案内を送信
activity-recovery-waiting = スマートフォン紛失時の待機を開始
activity-recovery-stopped = スマートフォン紛失時の待機を中止
activity-recovery-done = なくしたスマートフォンの削除

## ご本人の確認

confirm-factor = アカウントの保護に関わる設定を変更しようとしています。サインインのときと同じ方法で確認してください。変更はそのあとにできます。
confirm-password = アカウントの保護に関わる設定を変更しようとしています。パスワードをもう一度入力してください。
confirm-wrong = パスワードが正しくありません。もう一度入力してください。
confirm-suspended = 誤ったパスワードが続きました。約{ $minutes }分後にお試しください。
