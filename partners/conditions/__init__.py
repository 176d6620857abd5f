"""Rules over partners: one readable grammar, kept as data, compiled to one query.

    {"all": [
        {"about": "country", "is": "one_of", "value": ["DE", "AT"]},
        {"any": [
            {"about": "attribute:k2c7…", "is": "at_least", "value": "5"},
            {"about": "measure:cohorts.graduates", "is": "at_least", "value": "2", "days": 365}
        ]}
    ]}

A block joins its parts by `all`, `any` or `none`; there is no precedence to know. A condition either holds or it does
not: what is not known fulfils no condition but "is not known" and the ones that say "not", which are the exact opposite
of their twins.

`grammar` reads and writes, `subjects` tells what can be asked, `checking` says what is wrong, `compiling` makes the
query, `wording` the sentences, `explaining` says why for each partner.
"""
