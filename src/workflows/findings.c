/* What `starling check` finds peculiar about the data of a study. */
#include "src/doctor/doctor.h"
#include "src/workflows/workflow.h"

static slg_status examine(const slg_problem *p, slg_findings *out, slg_error *err)
{
    const slg_config *c = p->cfg;
    const slg_xyz_keys keys = slg_problem_keys(c);
    const slg_patient patient = {
        .set = {p->train_set, p->validation_set == p->train_set ? NULL : p->validation_set, p->test_set},
        .keys = &keys,
        .use_virial = c->use_virial,
        .n_species = p->n_species,
        .z = p->z,
        .e0 = c->e0_mode == SLG_E0_AVERAGE ? NULL : p->e0,
        .n_given = c->e0_mode == SLG_E0_GIVEN ? c->n_e0 : 0,
        .given = (const char(*)[3])c->e0_symbol};
    return slg_doctor(&patient, out, err);
}

slg_status slg_study_findings(const slg_problem *p, size_t *n, FILE *out, slg_error *err)
{
    slg_findings found;
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
