### 認証アプリの設定とリカバリーコード（日本語）。

setup-title = 認証アプリを設定する
setup-lead = スマートフォンにリクエストが届かないときや、電波がないときにも、認証アプリのコードでサインインを確認できます。
setup-required-title = 2段階目の確認を設定してください
setup-required-lead = { $tenant } では、サインインのたびに2段階目の確認が必要です。まず認証アプリを設定してください。ほかの方法は、サインインしたあとで追加できます。
setup-step-app = 認証アプリを用意する
setup-apps = お好みのアプリをお使いください（1Password、Aegis、Apple パスワード、Bitwarden、Ente Auth、Google Authenticator、Microsoft Authenticator など）。
setup-step-scan = 認証アプリで読み取る
setup-qr-title = 認証アプリを設定するためのQRコード
setup-open = この端末のアプリを開く
setup-no-camera = 読み取れないときはキーを入力する
setup-account = アカウント
setup-copy = シークレットキーをコピー
setup-step-code = アプリに表示された6桁の数字を入力する
setup-confirm = 確認する
setup-wrong = アプリのコードと一致しません。次のコードが表示されたら、それを入力してください。
setup-over-title = このキーは無効になりました
setup-over-text = 何も設定されていません。キーの有効時間は1時間で、入力回数にも限りがあります。アプリからこのキーを削除して、最初からやり直してください。
setup-stronger-title = 管理者にお問い合わせください
setup-stronger-text = { $tenant } では、サインインのたびにパスキーでの確認が必要ですが、このアドレスではパスキーを作成できません。何も設定されていません。

codes-title = リカバリーコード
codes-lead = ほかの方法が使えないとき、このコードの1つでサインインできます。合鍵のように大切に保管し、このパソコン以外の場所にも控えてください。
codes-once = 表示されるのは今回だけです。各コードは1回だけ使えます。以前のコードは使えなくなりました。
codes-download = ダウンロード
codes-print = 印刷
codes-copy = コピー
codes-kept = 保管しました
codes-file-name = recovery-codes.txt
codes-file-title = { $tenant } のリカバリーコード
codes-file-text = 各コードは1回だけ使えます。
