### パスキーとセキュリティキー（日本語）。アカウントでの登録と、コード画面で使うときの案内。

passkey-said-asking = ブラウザーの案内に従ってください。
passkey-said-cancelled = パスキーは使われませんでした。もう一度試すか、別の方法を選んでください。
passkey-said-failed = うまくいきませんでした。もう一度試すか、別の方法を選んでください。
passkey-said-reload = 画面を開いてから時間がたっています。再読み込みしてから、もう一度お試しください。
passkey-said-unavailable = サーバーから応答がありません。接続を確認して、もう一度お試しください。
passkey-wrong = このパスキーでは確認できませんでした。もう一度試すか、別の方法を選んでください。
passkey-suspended-minutes = 確認できないことが続いたため、一時的に使えません。約{ $minutes }分後にお試しください。
passkey-suspended-hours = 確認できないことが続いたため、一時的に使えません。約{ $hours }時間後にお試しください。

passkeys-title = パスキー
passkeys-lead = スマートフォンが手元にないときも、パスキーやセキュリティキーでサインインを確認できます。
passkeys-none = まだ登録がありません。
passkeys-add = パスキーを追加
passkeys-add-key = セキュリティキーを追加
passkeys-unnamed = パスキー
passkeys-unnamed-key = セキュリティキー
passkeys-change = 名前の変更・削除
passkeys-change-name = { $name } の名前の変更・削除
passkeys-name = 名前
passkeys-rename = 名前を保存
passkeys-remove = このパスキーを削除
passkeys-no-support = このブラウザーではパスキーを追加できません。別のブラウザーを使うか、JavaScriptを有効にしてください。
passkeys-not-here = パスキーを使うには、サーバーに名前のあるアドレスが必要です。今は数字のアドレスで接続しています。管理者にお問い合わせください。
passkeys-said-cancelled = 何も追加されていません。もう一度お試しいただけます。
passkeys-said-failed = うまくいかず、何も追加されていません。もう一度お試しください。
passkeys-said-late = 時間がかかりすぎたため、何も追加されていません。もう一度お試しください。
passkeys-said-known = すでに登録されています。別のものを選んでください。
passkeys-said-not-permitted = ここでは、決められたセキュリティキーだけが使えます。どれを使えるかは、管理者にお問い合わせください。
passkeys-said-too-many = 登録できる数の上限です。先に一つ削除してください。
passkeys-said-signed-out = サインアウトされています。もう一度サインインしてください。
