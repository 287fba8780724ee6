/* What `starling check` finds peculiar about the data of a study. */
#include "src/doctor/doctor.h"
#include "src/workflows/workflow.h"

static slg_status examine(const slg_problem *p, slg_findings *out, slg_error *err)
{
    const slg_config *c = p->cfg;
    const slg_xyz_keys keys = slg_problem_keys(c);
    const slg_dataset *own = p->validation_set == p->train_set ? NULL : p->validation_set;
    const bool divided = c->validation_mode == SLG_VAL_FRACTION;
    slg_dataset *both = NULL;
    slg_status st = SLG_OK;
    if (divided)
        st = slg_dataset_join(2, (const slg_dataset *const[]){p->train_set, p->validation_set}, &both, err);
    const slg_patient patient = {.set = {p->train_set, own, p->test_set},
                                 .examined = {divided ? both : p->train_set, divided ? NULL : own, p->test_set},
                                 .keys = &keys,
                                 .use_virial = c->use_virial,
                                 .n_species = p->n_species,
                                 .z = p->z,
                                 .e0 = c->e0_mode == SLG_E0_AVERAGE ? NULL : p->e0,
                                 .n_given = c->e0_mode == SLG_E0_GIVEN ? c->n_e0 : 0,
                                 .given = (const char(*)[3])c->e0_symbol};
    if (st == SLG_OK)
        st = slg_doctor(&patient, out, err);
    slg_dataset_free(&both);
    return st;
}

slg_status slg_study_count_findings(const slg_problem *p, size_t *n, slg_error *err)
{
    slg_findings found = {0};
    slg_status st = examine(p, &found, err);
    *n = found.n;
    slg_findings_free(&found);
    return st;
}

slg_status slg_study_findings(const slg_problem *p, size_t *n, FILE *out, slg_error *err)
{
    slg_findings found = {0};
    slg_status st = examine(p, &found, err);
    *n = found.n;
    if (st == SLG_OK)
        fprintf(out, found.n > 0 ? "findings about the data (causes and cures: docs/DATA.md):\n"
                                 : "findings about the data: none\n");
    for (size_t i = 0; st == SLG_OK && i < found.n; i++)
        fprintf(out, "  %-16s %s\n", found.item[i].code, found.item[i].text);
    slg_findings_free(&found);
    return st;
}
