"""Addresses of programmes."""

from django.urls import path

from programmes.views import (
    claim_experience,
    claim_figures,
    claim_files,
    claims,
    cover,
    policies,
    renewals,
    terms,
    updates,
)

app_name = "programmes"
urlpatterns = [
    path("customers/<uuid:customer_pk>/cover/", cover.cover, name="cover"),
    path("customers/<uuid:customer_pk>/policies/add/", policies.add, name="policy-add"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<uuid:pk>/", policies.policy, name="policy"),
    path("policies/<uuid:pk>/history/", policies.history, name="policy-history"),
    path("policies/<uuid:pk>/change/", policies.change, name="policy-change"),
    path("policies/<uuid:pk>/bind/", policies.bind, name="policy-bind"),
    path("policies/<uuid:pk>/cancel/", policies.cancel, name="policy-cancel"),
    path("policies/<uuid:pk>/sections/add/", terms.section_add, name="section-add"),
    path("sections/<uuid:pk>/change/", terms.section_change, name="section-change"),
    path("sections/<uuid:pk>/endorse/", terms.endorse, name="endorse"),
    path("terms/<uuid:pk>/correct/", terms.correct, name="correct"),
    path("terms/<uuid:pk>/withdraw/", terms.withdraw, name="withdraw"),
    path("renewals/", renewals.renewal_list, name="renewals"),
    path("renewals/<uuid:pk>/", renewals.renewal, name="renewal"),
    path("renewals/<uuid:pk>/settle/", renewals.settle, name="renewal-settle"),
    path("customers/<uuid:customer_pk>/claims/", claims.of_customer, name="customer-claims"),
    path("customers/<uuid:customer_pk>/claims/add/", claims.add, name="claim-add"),
    path("customers/<uuid:customer_pk>/claims/experience/", claim_experience.of_customer, name="customer-experience"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/experience/", claim_experience.of_book, name="experience"),
    path("claims/export/", claim_files.export, name="claims-export"),
    path("claims/import/", claim_files.check, name="claims-import"),
    path("claims/import/load/", claim_files.load, name="claims-import-load"),
    path("claims/<uuid:pk>/", claims.claim, name="claim"),
    path("claims/<uuid:pk>/change/", claims.change, name="claim-change"),
    path("claims/<uuid:pk>/close/", claims.close, name="claim-close"),
    path("claims/<uuid:pk>/reopen/", claims.reopen, name="claim-reopen"),
    path("claims/<uuid:pk>/figures/add/", claim_figures.give, name="figures-add"),
    path("claim-figures/<uuid:pk>/correct/", claim_figures.correct, name="figures-correct"),
    path("claim-figures/<uuid:pk>/remove/", claim_figures.remove, name="figures-remove"),
    path("customers/<uuid:customer_pk>/updates/draft/", updates.draft, name="update-draft"),
    path("updates/<uuid:pk>/refresh/", updates.refresh, name="update-refresh"),
]
