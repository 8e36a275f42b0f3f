# The pages of administrators: what they have in common.
admin-users = Users
admin-settings = Settings
admin-audit = Audit
admin-nav = Administration
admin-manage = Manage users
