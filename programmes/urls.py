"""Addresses of programmes."""

from django.urls import path

from programmes.views import conditions, cover, insureds, policies, policy_acts, premium, renewals, terms, updates

app_name = "programmes"
urlpatterns = [
    path("customers/<uuid:customer_pk>/cover/", cover.cover, name="cover"),
    path("customers/<uuid:customer_pk>/policies/add/", policies.add, name="policy-add"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<uuid:pk>/", policies.policy, name="policy"),
    path("policies/<uuid:pk>/history/", policies.history, name="policy-history"),
    path("policies/<uuid:pk>/change/", policies.change, name="policy-change"),
    path("policies/<uuid:pk>/bind/", policy_acts.bind, name="policy-bind"),
    path("policies/<uuid:pk>/cancel/", policy_acts.cancel, name="policy-cancel"),
    path("policies/<uuid:pk>/reinstate/", policy_acts.reinstate, name="policy-reinstate"),
    path("policies/<uuid:pk>/review/", policy_acts.review, name="policy-review"),
    path("policies/<uuid:pk>/under/", policies.under, name="policy-under"),
    path("policies/<uuid:pk>/insureds/", insureds.insureds, name="insureds"),
    path("insureds/<uuid:pk>/remove/", insureds.remove, name="insured-remove"),
    path("policies/<uuid:pk>/premium/", premium.premium, name="premium"),
    path("policies/<uuid:pk>/premium/charge/", premium.charge, name="charge"),
    path("policies/<uuid:pk>/premium/split/", premium.split, name="split"),
    path("premium-parts/<uuid:pk>/change/", premium.part_change, name="part-change"),
    path("premium-parts/<uuid:pk>/remove/", premium.part_remove, name="part-remove"),
    path("instalments/<uuid:pk>/change/", premium.instalment_change, name="instalment-change"),
    path("instalments/<uuid:pk>/pay/", premium.instalment_pay, name="instalment-pay"),
    path("policies/<uuid:pk>/conditions/", conditions.conditions, name="conditions"),
    path("policies/<uuid:pk>/conditions/add/", conditions.condition_add, name="condition-add"),
    path("conditions/<uuid:pk>/change/", conditions.condition_change, name="condition-change"),
    path("conditions/<uuid:pk>/settle/", conditions.condition_settle, name="condition-settle"),
    path("policies/<uuid:pk>/declarations/add/", conditions.declaration_add, name="declaration-add"),
    path("declarations/<uuid:pk>/change/", conditions.declaration_change, name="declaration-change"),
    path("declarations/<uuid:pk>/declare/", conditions.declare, name="declare"),
    path("declarations/<uuid:pk>/adjust/", conditions.adjust, name="adjust"),
    path("policies/<uuid:pk>/sections/add/", terms.section_add, name="section-add"),
    path("sections/<uuid:pk>/change/", terms.section_change, name="section-change"),
    path("sections/<uuid:pk>/endorse/", terms.endorse, name="endorse"),
    path("sections/<uuid:pk>/end/", terms.end, name="section-end"),
    path("sections/<uuid:pk>/resume/", terms.resume, name="section-resume"),
    path("terms/<uuid:pk>/correct/", terms.correct, name="correct"),
    path("terms/<uuid:pk>/withdraw/", terms.withdraw, name="withdraw"),
    path("renewals/", renewals.renewal_list, name="renewals"),
    path("renewals/<uuid:pk>/", renewals.renewal, name="renewal"),
    path("renewals/<uuid:pk>/settle/", renewals.settle, name="renewal-settle"),
    path("customers/<uuid:customer_pk>/updates/draft/", updates.draft, name="update-draft"),
    path("updates/<uuid:pk>/refresh/", updates.refresh, name="update-refresh"),
]
