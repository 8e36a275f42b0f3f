### コード画面の「別の方法」（日本語）。何を入力するか、何がうまくいかなかったか、ほかに何ができるか。

ways-title = 別の方法で確認する
way-totp = 認証アプリ
way-email = メールで届くコード
way-passkey = パスキー・セキュリティキー
way-recovery = リカバリーコード
way-code-label = 6桁のコード
way-recovery-label = リカバリーコード
way-submit = 次へ
way-totp-help = 認証アプリに表示される { $tenant } の6桁のコードを入力してください。
way-recovery-help = 印刷または保存しておいたコードを1つ入力してください。各コードは1回だけ使えます。
way-email-help = { $to } に6桁のコードを送ります。
way-email-sent = { $to } に送信しました。
way-email-left = 有効時間
way-email-over = コードの有効時間が過ぎました。新しいコードを送信してください。
way-email-send = 新しいコードを送信
way-email-again-in = 次に送信できるまで
way-email-too-many = 送信できるのは15分間に5回までです。次に送信できるまで
way-wrong = コードが正しくないか、有効ではなくなっています。
way-clock-ahead = スマートフォンの時計が約{ $minutes }分進んでいるため、コードが一致しません。時刻を自動設定にしてから、新しいコードを入力してください。
way-clock-behind = スマートフォンの時計が約{ $minutes }分遅れているため、コードが一致しません。時刻を自動設定にしてから、新しいコードを入力してください。
way-no-mail = ただいまメールを送信できません。別の方法を使うか、数分おいてからお試しください。
way-suspended-minutes = 誤ったコードが続いたため、この方法は一時的に使えません。約{ $minutes }分後にお試しください。
way-suspended-hours = 誤ったコードが続いたため、この方法は一時的に使えません。約{ $hours }時間後にお試しください。

code-title-code = コードを入力してください
code-title-passkey = パスキーで確認してください
code-title-other = 別の方法で確認してください
code-title-no-way = 確認できる方法がありません
code-no-way = 設定済みの方法は、このサインインには使えません。管理者にお問い合わせください。
code-status-timed-out = 時間内に応答がありませんでした
code-below = 下の別の方法で確認できます
code-remember = このブラウザーでは{ $days }日間、確認を省略する
code-lost-phone = スマートフォンをなくしたとき
code-check = スマートフォンで承認したら、こちらへ

## アカウントの変更の前の確認

code-confirm-title = ご本人の確認をお願いします
code-confirm-why = アカウントの保護に関わる設定を変更しようとしています。
code-confirm-tap = 届いたリクエストを承認してください
code-confirm-approved = 承認されました。次に進みます
code-confirm-denied-title = 確認できませんでした
code-confirm-denied = スマートフォンで拒否が選ばれました。何も変更されていません。
code-confirm-wrong-number = スマートフォンに別の数字が入力されました。何も変更されていません。
code-confirm-completed-title = 確認できました
code-confirm-completed = 別のタブで確認が済んでいます。
code-confirm-go-on = 続ける
