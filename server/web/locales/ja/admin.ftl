# The pages of administrators: what they have in common.
admin-users = ユーザー
admin-settings = 設定
admin-audit = 監査ログ
admin-nav = 管理
admin-manage = ユーザーを管理
