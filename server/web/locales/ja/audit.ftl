# 管理者向けの監査ログ。
audit-title = 監査ログ
audit-lead = サインインに関わるすべての出来事を、新しい順に表示します。記録が書き換えられれば、検証で分かります。日時はUTCです。
audit-what = 出来事
audit-any = すべて
audit-all-of = { $family }：すべて
audit-result = 結果
audit-any-result = すべて
audit-person = 対象者
audit-person-hint = メールアドレス
audit-by = 操作した人
audit-by-anyone = すべて
audit-by-person = この人（対象は問わない）
audit-by-command-line = コマンドライン
audit-by-server = サーバー
audit-address = 接続元アドレス
audit-from = 開始日
audit-until = 終了日
audit-search = 検索
audit-clear = 絞り込みを解除
audit-export = JSON Linesで書き出す
audit-export-found = 検索結果を書き出す
audit-none = 条件に一致する記録はありません。条件を広げるか、絞り込みを解除してください。
audit-newest = 最新へ
audit-older = さらに前へ
audit-col-when = 日時
audit-col-what = 出来事
audit-col-who = 対象者
audit-col-where = 接続元
audit-col-more = 詳細
audit-done-by = 操作：{ $who }
audit-gone = 削除されたユーザー
audit-particulars = 内訳
audit-receipt = 承認の記録
audit-chained = 連番 { $seq }
audit-loose = まだ連番がありません。記録のしばらく後に付きます。
audit-rule = ルール：{ $rule }
audit-problem-person = このメールアドレスのユーザーはいません。入力内容を確認してください。
audit-problem-address = アドレスの形式が正しくありません。「192.0.2.1」「2001:db8::1」のように入力してください。
audit-problem-day = 日付の形式が正しくありません。「2026-11-22」のように入力してください。
audit-problem-who = 特定の人の操作を調べるには、その人のメールアドレスを入力してください。

## 結果

audit-result-succeeded = 完了
audit-result-refused = 拒否
audit-result-failed = 失敗
audit-result-asked = 開始
audit-result-noted = 記録

## 出来事の種類

audit-family-login = サインイン
audit-family-session = セッション
audit-family-email-code = メールで届くコード
audit-family-pairing = スマートフォンのペアリング
audit-family-device = スマートフォン
audit-family-authenticator = 認証アプリ
audit-family-passkey = パスキー
audit-family-recovery-codes = リカバリーコード
audit-family-browser = 信頼済みのブラウザー
audit-family-recovery = スマートフォンの紛失
audit-family-factors = リセット
audit-family-user = ユーザー
audit-family-tenant = 設定
audit-family-audit = 監査ログ
audit-family-other = その他

## 出来事。アカウントの画面にも出るものは、そちらの文言を使う。

audit-login-started = パスワードは正しく、確認待ち
audit-login-asked-again = スマートフォンに再度通知
audit-login-seen = スマートフォンで確認画面を表示
audit-login-approved = スマートフォンでサインインを承認
audit-login-proved = 別の方法で確認
audit-login-set-up = サインイン中に確認方法を設定
audit-login-not-completed = 承認されたが、ブラウザーで完了せず
audit-session-confirmed = 変更前の本人確認
audit-email-code-sent = コードをメールで送信
audit-pairing-offered = スマートフォンの追加を開始
audit-pairing-claimed = スマートフォンがペアリングコードを読み取り
audit-pairing-claimed-twice = 2台目がペアリングコードを使用
audit-pairing-wrong-code = スマートフォンの追加で誤ったコードを入力
audit-device-renamed = スマートフォンの名前を変更
audit-device-push-changed = スマートフォンの通知先を変更
audit-authenticator-offered = 認証アプリ用のペアリングコードを表示
audit-authenticator-wrong-code = 認証アプリの設定で誤ったコードを入力
audit-passkey-renamed = パスキーの名前を変更
audit-passkey-refused = パスキーを拒否
audit-recovery-opened = 紛失時のリンクを開封
audit-recovery-proved = 紛失時に別の方法で確認
audit-recovery-wrong-code = 紛失時に誤ったコードを入力
audit-recovery-stopped-by-sign-in = サインインにより、紛失時の待機を中止
audit-user-added = ユーザーの追加
audit-user-disabled = ユーザーの無効化
audit-user-enabled = ユーザーの有効化
audit-user-unlocked = 一時停止の解除
audit-user-new-password-required = 報告を受け、新しいパスワードを要求
audit-tenant-added = 組織の追加
audit-tenant-policy-changed = ポリシーの変更
audit-tenant-facts-stated = プラン・機能の変更
audit-tenant-push-limits-set = 通知の上限の変更
audit-tenant-passkeys-set = 使えるパスキーの変更
audit-audit-exported = 監査ログの書き出し
audit-audit-head-renewed = 監査ログの連鎖の終端を再封印

## 理由

audit-why-turned-off = 確認なし：この人は対象外
audit-why-nothing-set-up = 確認なし：任意で、未設定
audit-why-trusted-network = 確認なし：信頼済みのネットワーク
audit-why-grace = 確認なし：設定の猶予期間中
audit-why-remembered = 確認なし：確認を省略するブラウザー
audit-why-tenant-rule = タップ・数字入力：ポリシーどおり
audit-why-usual = タップ：いつもどおり
audit-why-new-browser = 数字入力：新しいブラウザー
audit-why-new-network = 数字入力：新しいネットワーク
audit-why-denied-lately = 数字入力：最近拒否あり
audit-why-reported-address = 数字入力：報告された接続元
audit-why-administrator = 数字入力：管理者
audit-why-factors-change = 数字入力：アカウントの保護の変更
