### 画面の文言（日本語）。短く平明に。何が起きたか、次にどうすればよいかを書き、人を責めない。

## 複数の画面で使うもの

start-again = 最初からやり直す
back = 戻る
cancel = キャンセル
list-separator = 、

## サインイン

login-title = サインイン
login-email = メールアドレス
login-password = パスワード
login-submit = 次へ
login-next = 続いて、スマートフォンで確認します。
login-message-wrong = メールアドレスまたはパスワードが正しくありません。もう一度入力してください。
login-message-busy = ただいま混み合っています。数秒おいて、もう一度お試しください。
login-message-form-expired = 画面を開いてから時間がたちました。もう一度入力してください。
login-message-signed-out = サインアウトしました。
login-message-over = このサインインは終了しました。もう一度はじめからどうぞ。

## コード画面

code-title = スマートフォンを確認してください
code-title-open = アプリを開いてください
code-type-number = この数字をスマートフォンに入力
code-tap = 届いたリクエストを承認してください
code-devices-more = { $names }、ほか{ $count }台
code-time-left = 残り時間
code-hint = 通知が届かないときは、集中モードやおやすみモードをご確認ください。アプリを開いても承認できます。
code-hint-no-push = アプリを開くと、リクエストが表示されます。
code-hint-trouble = アプリを開くと、リクエストが表示されます。
code-hint-lost = アプリを開くとリクエストが表示され、通知も設定し直されます。
code-hint-held-another = ほかのサインインが承認を待っています。アプリを開くと両方が表示されますので、このサインインだけを承認してください。
code-hint-held-too-many = 少し前の通知が承認されなかったためです。アプリを開くと、リクエストが表示されます。
code-hint-held-denied = 少し前にサインインが拒否されたためです。アプリを開くと、リクエストが表示されます。
code-hint-held-reported = サインインの報告があったためです。アプリを開くと、リクエストが表示されます。
code-connection-lost = 接続が切れました。再接続しています…
code-continue = 続ける
code-go-on = スタートページへ
code-ask-again = もう一度スマートフォンに送る
code-status-sending = スマートフォンに送信しています…
code-status-asked = リクエストを送信しました
code-status-no-push = 通知は届きません
code-status-trouble = 通知が遅れています
code-status-lost = 通知が届かなくなっています
code-status-held = 通知を控えています
code-status-delivered = スマートフォンに届きました
code-status-seen = スマートフォンで確認中です
code-status-approved = 承認されました。サインイン中です
code-denied-title = サインインは拒否されました
code-status-denied = スマートフォンで拒否が選ばれました。サインインするには、最初からやり直してください。
code-reported-title = サインインを中止しました
code-status-reported = スマートフォンで「心当たりがない」と報告されたため、このサインインを中止し、すべての端末からサインアウトしました。次回のサインインで新しいパスワードを設定していただきます。
code-wrong-number-title = 数字が一致しませんでした
code-status-wrong-number = スマートフォンに別の数字が入力されたため、このサインインは終了しました。やり直すと新しい数字が表示されます。
code-expired-title = 時間内に応答がありませんでした
code-status-expired = スマートフォンからの応答がありませんでした。お手元に用意して、もう一度お試しください。
code-not-completed-title = サインインが完了していません
code-status-not-completed = 承認されましたが、この画面が開かれていなかったため完了できませんでした。画面を開いたまま、もう一度お試しください。
code-completed-title = サインインしました
code-status-completed = 別のタブでサインインが完了しています。
code-no-login-title = 承認待ちのサインインはありません
code-status-no-login = このブラウザーで待っているサインインはありません。すでに終了した可能性があります。
code-other-browser-title = 別のブラウザーで始めたサインインです
code-status-other-browser = サインインは、始めたブラウザーでのみ完了できます。元のブラウザーに戻るか、ここで最初からやり直してください。

## スタートページ

start-title = サインインしました
start-you = ご利用中のアカウント
start-how = 確認方法
start-when = サインイン日時
start-proof-password = パスワードのみ
start-proof-remembered = パスワード（確認を省略したブラウザー）
start-proof-some-phone = パスワードとスマートフォン
start-proof-passkey = パスワードとパスキー
start-proof-totp = パスワードと認証アプリ
start-proof-email = パスワードとメールのコード
start-proof-recovery = パスワードとリカバリーコード
start-proof-phone = パスワードと { $device }
start-proof-phone-number = パスワードと { $device }（数字を入力）
start-devices = 登録済みのスマートフォン
start-no-devices = まだ登録がありません。追加すると、サインインをタップで承認できます。
start-this-login = 今回使用
start-platform-desk = デスクフォン
start-software = 練習用
start-added = { $when } 追加
start-last-used = 最終使用 { $when }
start-never-used = 未使用
start-push-lost = このスマートフォンに通知が届かなくなっています。アプリを開くと、もう一度届くようになります。
start-add-phone = スマートフォンを追加
start-sign-out = サインアウト

## 報告のあとの新しいパスワード

password-title = 新しいパスワードを設定してください
password-text = 心当たりのないサインインが報告されました。パスワードが知られている可能性があるため、ほかで使っていないものを設定してください。
password-new = 新しいパスワード
password-help = 8文字以上で入力してください。
password-again = もう一度入力
password-submit = 保存して続ける
password-problem-length = パスワードは8文字以上で、極端に長くないものにしてください。
password-problem-differs = 入力された2つのパスワードが一致しません。もう一度入力してください。
password-problem-same = 報告されたパスワードと同じです。別のものを設定してください。
password-problem-not-proved = このサインインは報告されたパスワードだけで確認されたため、ここでは変更できません。管理者に新しいパスワードの発行を依頼してください。

## スマートフォンの追加

pair-title = スマートフォンを追加
pair-begin-text = スマートフォンのアプリでコードを読み取り、アプリに表示される6桁の数字をこの画面に入力します。スマートフォンをお手元にご用意ください。
pair-begin = コードを表示
pair-step-scan = スマートフォンのアプリで読み取る
pair-qr-title = スマートフォンを追加するためのQRコード
pair-time-left = 有効時間
pair-no-camera = 読み取れないときはリンクを使う
pair-copy = リンクをコピー
pair-copied = コピーしました
pair-step-code = 表示された6桁の数字を入力する
pair-code-help = 読み取ると、スマートフォンに表示されます。
pair-confirm = このスマートフォンを追加
pair-problem-wrong = スマートフォンの数字と一致しません。あと{ $tries }回入力できます。
pair-problem-unclaimed = まだコードが読み取られていません。先にアプリで読み取ってから、数字を入力してください。
pair-done-title = スマートフォンを追加しました
pair-done-text = これからは { $device } でサインインを承認できます。
pair-done-next = 完了
pair-over-title = このコードは無効になりました
pair-over-text = スマートフォンは追加されていません。コードの有効時間は5分で、使えるのは1台だけ、入力回数にも限りがあります。新しいコードでやり直してください。

## セッションのないブラウザーで開かれた追加用リンク

landing-title = このリンクはアプリで開いてください
landing-app = スマートフォンをアカウントに追加するためのリンクです。このスマートフォンでアプリを開き、アプリからコードを読み取ってください。
landing-start = 読み取るコードがまだない場合は、パソコンでサインインして「スマートフォンを追加」を選んでください。

## うまくいかなかったとき

error-not-found-title = ページが見つかりません
error-not-found-text = このアドレスにページはありません。リンクをご確認いただくか、スタートページへお進みください。
error-host-title = このアドレスは使われていません
error-host-text = このアドレスでサインインできる組織はありません。入力に間違いがないか確かめるか、管理者にお問い合わせください。
error-not-from-here-title = このネットワークからはサインインできません
error-not-from-here-text = サインインできるのは、オフィスやVPNなど、組織が登録したネットワークからだけです。登録されたネットワークに接続してもう一度お試しになるか、管理者にお問い合わせください。
error-forbidden-title = 実行できませんでした
error-forbidden-text = 別のサイトからの操作だったため、実行しませんでした。画面を開き直して、もう一度お試しください。
error-form-expired-title = 画面の有効期限が切れました
error-form-expired-text = 開いてから時間がたったため、何も変更していません。もう一度開いてください。
error-too-long-title = 送信内容が大きすぎます
error-too-long-text = このページで受け取れる大きさを超えています。何も変更されていません。短くしてもう一度お試しください。
error-incomplete-title = 通信が途中で途切れました
error-incomplete-text = 内容がすべて届きませんでした。何も変更されていません。接続を確認して、もう一度お試しください。
error-too-many-title = しばらくお待ちください
error-too-many-text = 試行回数が多いため、安全のために一時的に止めています。数分おいてから、もう一度お試しください。
error-unavailable-title = まもなく復旧します
error-unavailable-text = ただいま応答できません。少し待ってから、もう一度お試しください。
error-audit-broken-title = 監査ログが記録されたときと一致しません
error-audit-broken-text = ログの末尾がサーバーの封印と一致しないため、書き出しを中止しました。いまのデータベースをそのまま複製して残し、サーバーの運用担当者に「countersign audit verify」の実行を依頼してください。その後の手順は、運用ガイドの「The audit log」にあります。
error-internal-title = 問題が発生しました
error-internal-text = サーバー側の不具合で、記録は残っています。もう一度お試しください。続くときは管理者にお知らせください。
error-next-start = スタートページへ
error-next-audit = 監査ログに戻る
error-next-again = もう一度試す
