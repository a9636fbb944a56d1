"""Addresses of customers' values, of their risk profiles, and of the tree of risk categories."""

from django.urls import path

from risk.views import categories, compulsory, controls, exposures, profiles, risks, scales, starting, statements

app_name = "risk"
urlpatterns = [
    path("customers/<uuid:pk>/values/", exposures.statement, name="values"),
    path("customers/<uuid:pk>/values/grid/", statements.grid, name="values-grid"),
    path("customers/<uuid:pk>/values/import/", statements.bring_in, name="values-import"),
    path("customers/<uuid:pk>/values/export/<str:form>/", statements.export, name="values-export"),
    path("customers/<uuid:pk>/values/changes/", statements.changes, name="values-changes"),
    path("customers/<uuid:pk>/values/history/", statements.history, name="values-history"),
    path("customers/values/drafts/<uuid:pk>/", statements.draft, name="draft"),
    path("customers/values/drafts/<uuid:pk>/save/", statements.draft_save, name="draft-save"),
    path("customers/values/drafts/<uuid:pk>/give-up/", statements.draft_give_up, name="draft-give-up"),
    path("customers/<uuid:pk>/values/add/", exposures.add, name="exposure-add"),
    path("locations/<uuid:pk>/values/add/", exposures.add_at_location, name="exposure-add-at"),
    path("exposures/<uuid:pk>/", exposures.exposure, name="exposure"),
    path("exposures/<uuid:pk>/change/", exposures.change, name="exposure-change"),
    path("exposures/<uuid:pk>/values/add/", exposures.give_value, name="value-add"),
    path("exposures/values/<uuid:pk>/correct/", exposures.correct_value, name="value-correct"),
    path("exposures/values/<uuid:pk>/verify/", exposures.verify_value, name="value-verify"),
    path("customers/<uuid:pk>/risk-profile/", profiles.risk_profile, name="risk-profile"),
    path("customers/<uuid:pk>/risk-profile/new/", profiles.add, name="risk-profile-add"),
    path("customers/<uuid:pk>/risk-profile/scales/", scales.change, name="scales"),
    path("risk-profiles/<uuid:pk>/", profiles.version, name="risk-profile-version"),
    path("risk-profiles/<uuid:pk>/change/", profiles.change, name="risk-profile-change"),
    path("risk-profiles/<uuid:pk>/sign-off/", profiles.sign_off, name="risk-profile-sign-off"),
    path("risk-profiles/<uuid:pk>/withdraw/", profiles.withdraw, name="risk-profile-withdraw"),
    path("compulsory-covers/", compulsory.all_requirements, name="compulsory"),
    path("customers/<uuid:pk>/register/", risks.register, name="register"),
    path("customers/<uuid:pk>/register/add/", risks.add, name="risk-add"),
    path("customers/<uuid:pk>/register/begin/", starting.begin, name="register-begin"),
    path("risks/<uuid:pk>/", risks.risk, name="risk"),
    path("risks/<uuid:pk>/change/", risks.change, name="risk-change"),
    path("risks/<uuid:pk>/close/", risks.close, name="risk-close"),
    path("risks/<uuid:pk>/reopen/", risks.reopen, name="risk-reopen"),
    path("risks/<uuid:pk>/controls/add/", controls.add, name="control-add"),
    path("controls/<uuid:pk>/change/", controls.change, name="control-change"),
    path("controls/<uuid:pk>/done/", controls.finish, name="control-finish"),
    path("controls/<uuid:pk>/open-again/", controls.open_again, name="control-open-again"),
    path("controls/<uuid:pk>/remove/", controls.remove, name="control-remove"),
    path("risk-categories/", categories.all_categories, name="categories"),
    path("risk-categories/add/", categories.add, name="category-add"),
    path("risk-categories/<uuid:pk>/change/", categories.change, name="category-change"),
]
