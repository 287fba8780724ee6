/* Configurations made of layers: defaults, a record, the study file, options. */
#include "runtime/base/alloc.h"
#include "tasks/fit/params.h"
#include "tests/config/texts.h"

static slg_config_source source(const char *name, const char *text, slg_origin origin, bool option)
{
    return (slg_config_source){.name = name, .text = text, .n = strlen(text), .origin = origin, .option = option};
}

static slg_config_source record_of(const char *text)
{
    return source("study.h5", text, SLG_FROM_RECORD, false);
}

static slg_config_source file_of(const char *text)
{
    return source("study.yaml", text, SLG_FROM_USER, false);
}

static slg_config_source option_of(const char *text)
{
    return source("--set", text, SLG_FROM_USER, true);
}

static slg_config *assembled(size_t n, const slg_config_source *layer)
{
    slg_config *c = NULL;
    slg_error_clear(&err);
    slg_status st = slg_config_assemble(layer, n, "folder", &c, &err);
    ck_assert_msg(st == SLG_OK, "%s", err.text);
    ck_assert_ptr_nonnull(c);
    return c;
}

/* A study file, or an empty one, on a record. */
static slg_config *recorded(const char *record, const char *file)
{
    return assembled(2, (slg_config_source[]){record_of(record), file_of(file)});
}

static slg_config *with_option(const char *file, const char *option)
{
    return assembled(2, (slg_config_source[]){file_of(file), option_of(option)});
}

static void expect_refused(size_t n, const slg_config_source *layer, const char *message)
{
    slg_config *c = NULL;
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_assemble(layer, n, "folder", &c, &err), SLG_ERR_CONFIG);
    ck_assert_ptr_null(c);
    ck_assert_str_eq(err.text, message);
    ck_assert_int_eq(slg_config_assemble(layer, n, "folder", &c, NULL), SLG_ERR_CONFIG);
}

static void expect_option_refused(const char *file, const char *option, const char *message)
{
    expect_refused(2, (slg_config_source[]){file_of(file), option_of(option)}, message);
}

/* --- order ----------------------------------------------------------------------------------------------------- */

/* An option, and its line in the effective configuration. */
static const struct override {
    const char *option, *line;
} override[] = {
    {"data: {train: b.xyz}", "  train: \"b.xyz\"\n"},
    {"data: {validation: same}", "  validation: same\n"},
    {"data: {validation: v.xyz}", "  validation: \"v.xyz\"\n"},
    {"data: {validation: {fraction: 0.5}}", "  validation: {fraction: 0.5}\n"},
    {"data: {energy_key: energy}", "  energy_key: \"energy\"\n"},
    {"data: {config_type_key: group}", "  config_type_key: \"group\"\n"},
    {"data: {e0: average}", "  e0: average\n"},
    {"data: {e0: {H: -13.5}}", "  e0: {H: -13.5}\n"},
    {"descriptor: {type: soap_turbo}", "  type: soap_turbo\n"},
    {"descriptor: {basis: poly3gauss}", "  basis: poly3gauss\n"},
    {"descriptor: {clean_filter: false}", "  clean_filter: false\n"},
    {"descriptor: {l_max: 2}", "  l_max: 2\n"},
    {"descriptor: {l_max: 4, alpha_max: 4, compress_file: d.txt}", "  compress_file: \"d.txt\"\n"},
    {"descriptor: {alpha_max: 5}", "  alpha_max: 5\n"},  /* known as n_max in the file */
    {"descriptor: {cutoff: 5.5}", "  rcut_hard: 5.5\n"}, /* another name of it */
    {"descriptor: {atom_sigma_t: {C: 0.25, H: 0.5}}", "  atom_sigma_t: {C: 0.25, H: 0.5}\n"},
    {"descriptor: {atom_sigma_t: {range: [0.25, 0.5]}}", "  atom_sigma_t: {range: [0.25, 0.5]}\n"},
    {"fit: {use: [energy]}", "  use: [energy]\n"},
    {"fit: {sparse_method: random}", "  sparse_method: random\n"},
    {"fit: {jitter: 0.5}", "  jitter: 0.5\n"},
    {"fit: {config_type_sigma: {bulk: {energy: 0.5}}}", "  config_type_sigma: {\"bulk\": {energy: 0.5}}\n"},
    {"fit: {config_type_sigma: {}}", "  config_type_sigma: {}\n"},
    {"objective: {kind: rmse}", "  kind: rmse\n"},
    {"objective: {stage1: std_skew_plain}", "  stage1: std_skew_plain\n"},
    {"objective: {energy_weight: 0.5}", "  energy_weight: 0.5\n"},
    {"search: {strategy: 1}", "  strategy: 1\n"},
    {"search: {optimiser: swarm}", "  optimiser: swarm\n"},
    {"search: {optimiser: swarm, c1: 0.5}", "  c1: 0.5\n"},
    {"search: {particles: 99}", "  particles: 99\n"},
    {"search: {seed: 18446744073709551615}", "  seed: 18446744073709551615\n"},
    {"search: {start: []}", "  start: []\n"},
    {"search: {start: [{zeta: 6}]}", "  start: [{zeta: 6}]\n"},
    {"run: {directory: elsewhere}", "  directory: \"elsewhere\"\n"},
    {"run: {memory_gb: 0.5}", "  memory_gb: 0.5\n"},
    {"run: {max_time: none}", "  max_time: none\n"},
    {"trace: {keep: sample 7}", "  keep: sample 7\n"},
    {"trace: {fxt: true}", "  fxt: true\n"},
};

static bool has_line(const slg_config *c, const char *line)
{
    char *text = written(c);
    const bool has = strstr(text, line) != NULL;
    free(text);
    return has;
}

/* Another optimiser brings its settings along. */
static bool is_meant(const slg_config *c, const struct override *o, const char *key)
{
    bool meant = strstr(o->option, key) || strstr(o->line, key);
    for (size_t i = 0; strstr(o->option, "optimiser") && i < c->optimiser->n_param; i++)
        meant = meant || strcmp(c->optimiser->param[i].name, key) == 0;
    return meant;
}

/* Lines "section/key: was A, is B". */
static void expect_only_meant(const slg_config *c, const struct override *o, const char *differences)
{
    char key[64];
    for (const char *line = differences; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        ck_assert_int_eq(sscanf(line, "%*[a-z]/%63[^:]", key), 1);
        ck_assert_msg(is_meant(c, o, key), "%s changes %s", o->option, line);
    }
}

/* Every key of the file can be overridden; what the option does not name stays. */
START_TEST(options_override_the_file)
{
    const struct override *o = &override[_i];
    slg_config *plain = parse(full), *c = with_option(full, o->option);
    ck_assert_msg(has_line(c, o->line), "%s", o->option);
    ck_assert(strcmp(o->line, "  type: soap_turbo\n") == 0 || !has_line(plain, o->line));
    char *was = written(plain), *is = written(c);
    slg_error_clear(&err);
    (void)slg_config_compare(was, is, NULL, NULL, &err);
    expect_only_meant(c, o, err.text);
    free(was);
    free(is);
    slg_config_free(&plain);
    slg_config_free(&c);
}
END_TEST

/* The same when a record is overridden by a file. */
START_TEST(the_file_overrides_the_record)
{
    slg_config *before = parse(full);
    char *record = written(before);
    slg_config *c = recorded(record, override[_i].option), *d = with_option(record, override[_i].option);
    char *first = written(c), *second = written(d);
    ck_assert_uint_eq(slg_config_compare(first, second, NULL, NULL, NULL), 0);
    ck_assert_ptr_nonnull(strstr(first, override[_i].line));
    free(record);
    free(first);
    free(second);
    slg_config_free(&before);
    slg_config_free(&c);
    slg_config_free(&d);
}
END_TEST

START_TEST(the_last_layer_wins)
{
    const char *const seed[] = {"search: {seed: 11}", "search: {seed: 12}", "search: {seed: 13}"};
    for (int i = 0; i < 3; i++) { /* the order of the layers decides, not their kinds */
        slg_config *c = assembled(4, (slg_config_source[]){file_of(valid), option_of(seed[i]),
                                                           option_of(seed[(i + 1) % 3]), option_of(seed[(i + 2) % 3])});
        ck_assert_uint_eq(c->seed, 11 + (uint64_t)(i + 2) % 3);
        slg_config_free(&c);
    }
    slg_config *c = assembled(2, (slg_config_source[]){option_of(seed[0]), file_of(valid)});
    ck_assert_uint_eq(c->seed, 1);
    slg_config_free(&c);
}
END_TEST

START_TEST(origins)
{
    slg_config *c = assembled(3, (slg_config_source[]){record_of("fit: {jitter: 1e-7, sigma_virial: 0.5}"),
                                                       file_of(valid), option_of("fit: {delta: 2}")});
    ck_assert_int_eq(slot_of(c, "jitter")->origin, SLG_FROM_RECORD);
    ck_assert_int_eq(slot_of(c, "sigma_virial")->origin, SLG_FROM_RECORD);
    ck_assert_int_eq(slot_of(c, "zeta")->origin, SLG_FROM_USER);
    ck_assert_int_eq(slot_of(c, "delta")->origin, SLG_FROM_USER);
    ck_assert_int_eq(slot_of(c, "nf")->origin, SLG_FROM_DEFAULT);
    ck_assert_double_eq(value_of(c, "delta"), 2);
    ck_assert_str_eq(c->folder, "folder");
    slg_config_free(&c);
}
END_TEST

/* --- records --------------------------------------------------------------------------------------------------- */

/* An empty file on the record of a study gives that study. */
START_TEST(a_record_fills_what_is_left_out)
{
    static const char *const study[] = {valid, full};
    static const char *const empty[] = {"", "data:\nsearch: {}\n"};
    for (int i = 0; i < 4; i++) {
        slg_config *a = parse(study[i / 2]);
        char *record = written(a), *again;
        slg_config *b = recorded(record, empty[i % 2]);
        again = written(b);
        slg_error_clear(&err);
        ck_assert_msg(slg_config_compare(record, again, NULL, NULL, &err) == 0, "%s", err.text);
        free(record);
        free(again);
        slg_config_free(&a);
        slg_config_free(&b);
    }
}
END_TEST

/* How a study ran before says nothing about how it runs now. */
START_TEST(a_record_leaves_resources_alone)
{
    const char *record = "run: {workers: 3, directory: there, memory_gb: much, bogus: 1}\n"
                         "trace: {keep: none, fxt: true}\nsearch: {seed: 7}\n";
    slg_config *plain = parse(valid), *c = recorded(record, valid);
    ck_assert_int_eq(c->workers, 2);
    ck_assert_str_eq(c->directory, plain->directory);
    ck_assert_double_eq(c->memory_gb, plain->memory_gb);
    ck_assert(c->trace_keep.mode == plain->trace_keep.mode && !c->trace_fxt);
    ck_assert_uint_eq(c->seed, 1);
    slg_config_free(&plain);
    slg_config_free(&c);
    c = recorded("search: {bogus: 1}\nother: {a: 1}\n", valid); /* of another term, or of another version */
    slg_config_free(&c);
}
END_TEST

START_TEST(the_file_wins_over_the_record)
{
    slg_config *a = parse(full);
    char *record = written(a);
    slg_config *c = recorded(record, "descriptor: {n_max: 5}\nfit: {delta: 3}\nobjective: {kind: rmse}\n");
    ck_assert_double_eq(value_of(c, "alpha_max"), 5);
    ck_assert_double_eq(value_of(c, "delta"), 3);
    ck_assert_str_eq(c->objective->name, "rmse");
    ck_assert_double_eq(weight_of(c, SLG_VIRIAL), 0.1); /* of the record */
    ck_assert_str_eq(c->train.name[0], a->train.name[0]);
    ck_assert_int_eq(c->n_start, 3);
    ck_assert_int_eq(entry_of(c, "n_sparse")->n_species, 2);
    free(record);
    slg_config_free(&a);
    slg_config_free(&c);
}
END_TEST

/* What is nowhere is missing in the file. */
START_TEST(missing_keys)
{
    char *text = changed("  zeta: 4\n", "");
    const char *message = "study.yaml:3:1: missing key 'zeta' of the section 'descriptor': Exponent of the kernel.";
    expect_refused(2, (slg_config_source[]){record_of("search: {seed: 3}"), file_of(text)}, message);
    expect_refused(2, (slg_config_source[]){file_of(text), option_of("search: {seed: 3}")}, message);
    slg_config *c = recorded("descriptor: {zeta: 3}", text);
    ck_assert_double_eq(value_of(c, "zeta"), 3);
    slg_config_free(&c);
    c = with_option(text, "descriptor: {soap_exponent: 5}");
    ck_assert_double_eq(value_of(c, "zeta"), 5);
    slg_config_free(&c);
    free(text);
}
END_TEST

/* --- presets --------------------------------------------------------------------------------------------------- */

static void expect_rule(slg_config *c, const char *preset, double inertia, double c1, double c2, const char *bounds)
{
    ck_assert_str_eq(c->optimiser->name, "swarm");
    ck_assert_str_eq(word_of(c, "swarm"), preset);
    ck_assert_double_eq(value_of(c, "inertia"), inertia);
    ck_assert_double_eq(value_of(c, "c1"), c1);
    ck_assert_double_eq(value_of(c, "c2"), c2);
    ck_assert_double_eq(value_of(c, "dt"), 1);
    ck_assert_str_eq(word_of(c, "bounds"), bounds);
    ck_assert_str_eq(word_of(c, "gbest"), "history");
    slg_config_free(&c);
}

START_TEST(presets)
{
    expect_rule(parse(STUDY), "inertia", 0.729, 1.494, 1.494, "clamp");
    expect_rule(parse(STUDY "search: {swarm: paper}"), "paper", 0, 1, 2, "redraw");
    expect_rule(parse(STUDY "search: {bounds: reflect, swarm: paper, c2: 3}"), "paper", 0, 1, 3, "reflect");
    expect_rule(with_option(STUDY "search: {c2: 3, bounds: clamp}", "search: {swarm: paper}"), "paper", 0, 1, 3,
                "clamp");
    expect_rule(with_option(STUDY "search: {swarm: paper}", "search: {swarm: inertia}"), "inertia", 0.729, 1.494, 1.494,
                "clamp");
    expect_rule(with_option(STUDY "search: {swarm: paper}", "search: {inertia: 0.5}"), "paper", 0.5, 1, 2, "redraw");
}
END_TEST

/* A record has all settings; they hold whatever the preset, so that only what changed is named as a difference. */
START_TEST(presets_on_a_record)
{
    slg_config *before = parse(STUDY "search: {swarm: inertia, c1: 1.25, bounds: reflect}");
    char *record = written(before);
    slg_config_free(&before);
    expect_rule(recorded(record, ""), "inertia", 0.729, 1.25, 1.494, "reflect");
    expect_rule(recorded(record, "search: {swarm: inertia}"), "inertia", 0.729, 1.25, 1.494, "reflect");
    expect_rule(recorded(record, "search: {swarm: inertia, c2: 2.5}"), "inertia", 0.729, 1.25, 2.5, "reflect");
    expect_rule(recorded(record, "search: {c1: 1.75}"), "inertia", 0.729, 1.75, 1.494, "reflect");
    expect_rule(recorded(record, "search: {swarm: paper}"), "paper", 0.729, 1.25, 1.494, "reflect");
    expect_rule(recorded(record, "search: {c2: 2.5, swarm: paper}"), "paper", 0.729, 1.25, 2.5, "reflect");
    expect_rule(assembled(3, (slg_config_source[]){record_of(record), file_of("search: {swarm: inertia}"),
                                                   option_of("search: {swarm: paper}")}),
                "paper", 0.729, 1.25, 1.494, "reflect");
    expect_rule(assembled(3, (slg_config_source[]){record_of(record), file_of("search: {swarm: paper}"),
                                                   option_of("search: {swarm: inertia}")}),
                "inertia", 0.729, 1.25, 1.494, "reflect");
    free(record);
}
END_TEST

static void expect_optimiser(slg_config *c, const char *name)
{
    ck_assert_str_eq(c->optimiser->name, name);
    slg_config_free(&c);
}

/* `swarm: random` is another form of `optimiser: random`. */
START_TEST(optimisers)
{
    slg_config *a = parse(STUDY "search: {swarm: random}"), *b = parse(STUDY "search: {optimiser: random}");
    char *first = written(a), *second = written(b);
    ck_assert_str_eq(first, second);
    expect_optimiser(recorded(first, ""), "random");
    expect_optimiser(recorded(first, "search: {optimiser: swarm}"), "swarm");
    expect_optimiser(recorded(STUDY "search: {swarm: random}", ""), "random"); /* as records had it once */
    free(first);
    free(second);
    slg_config_free(&a);
    slg_config_free(&b);
    expect_optimiser(parse(STUDY), "swarm");
    expect_optimiser(with_option(STUDY, "search: {swarm: random}"), "random");
    expect_optimiser(with_option(STUDY "search: {swarm: paper}", "search: {swarm: random}"), "random");
    expect_optimiser(with_option(STUDY "search: {optimiser: random}", "search: {optimiser: swarm}"), "swarm");
    expect_optimiser(with_option(STUDY "search: {swarm: random}", "search: {optimiser: swarm}"), "swarm");
    expect_optimiser(with_option(STUDY "search: {optimiser: swarm}", "search: {optimiser: random}"), "random");
    expect_optimiser(with_option(STUDY "search: {swarm: random}", "search: {swarm: paper}"), "swarm");
    expect_optimiser(with_option(STUDY "search: {optimiser: random}", "search: {swarm: paper}"), "swarm");
    expect_optimiser(recorded(STUDY "search: {optimiser: random}", "search: {swarm: paper}"), "swarm");
    expect_optimiser(parse(STUDY "search: {optimiser: random, swarm: paper}"), "random");
    expect_refused(1, (slg_config_source[]){file_of(STUDY "search: {optimiser: swarm, swarm: random}")},
                   "study.yaml:4:35: swarm: 'random' is another optimiser than 'swarm'; remove one of the two");
}
END_TEST

/* --- messages -------------------------------------------------------------------------------------------------- */

START_TEST(messages_of_options)
{
    static const struct {
        const char *option, *message;
    } bad[] = {
        {"search: {seed: x}", "--set: seed: expected an integer from 0 to 18446744073709551615, found 'x'"},
        {"search: {sead: 3}", "--set: search: unknown key 'sead'; did you mean 'seed'?"},
        {"serch: {seed: 3}", "--set: unknown section 'serch'; did you mean 'search'?"},
        {"seed: 3", "--set: 'seed' belongs to the section 'search'; move it there"},
        {"fit: {zeta: 3}", "--set: fit: 'zeta' belongs to the section 'descriptor'; move it there"},
        {"seed", "--set: expected the sections data, descriptor, fit, objective, search, run, trace, found 'seed'"},
        {"search: 3", "--set: search: expected keys with values, found '3'"},
        {"descriptor: {zeta: {range: [5, 4]}}", "--set: zeta: expected the lower end first, found [5, 4]"},
        {"descriptor: {type: pairs}", "--set: type: expected one of soap_turbo, found 'pairs'"},
        {"descriptor: {rcut_soft: 5}",
         "--set: rcut_soft: must stay 0.01 Angstrom below rcut_hard, found at least 5 with rcut_hard at most 5"},
        {"fit: {use: [virial]}",
         "study.yaml:14:17: sigma_energy: is searched without effect because fit/use has no 'energy'; add it there or "
         "fix sigma_energy\n"
         "--set: use: 'virial' is not read; name it in data/virial_key\n"
         "--set: use: nothing is left to train on; name energies or forces in the section 'data'"},
        {"search: {start: [{delta: 6}]}", "--set: start: delta: the value is outside of what the section 'fit' allows"},
        {"search: {start: [{delda: 6}]}", "--set: start: unknown hyper-parameter 'delda'; did you mean 'delta'?"},
        {"objective: {virial_weight: 1}",
         "--set: virial_weight: must be 0 because 'virial' is not read; or name it in data/virial_key"},
        {"data: {validation: {fraction: 2}}",
         "--set: validation: expected {folds: k} or {fraction: f} with f between 0 and 1"},
        {"run: {workers: -1, max_time: x}",
         "--set: workers: expected an integer from 0 to 4096, found '-1'\n"
         "--set: max_time: expected none, or a time above 0 and up to 1e9 s such as 90, 90s or 23h30m, found 'x'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_option_refused(valid, bad[i].option, bad[i].message);
}
END_TEST

/* What does not fit together is said of the layer whose value it is. */
START_TEST(messages_across_layers)
{
    char *text = changed("  seed: 1\n", "  start: [{delta: 4}, {}]\n");
    expect_option_refused(text, "fit: {delta: {range: [1, 2]}}",
                          "study.yaml:16:19: start: delta: the value is outside of what the section 'fit' allows");
    free(text);
    expect_option_refused(valid, "descriptor: {rcut_hard: 3}",
                          "study.yaml:7:14: rcut_soft: must stay 0.01 Angstrom below rcut_hard, found at least 4 with "
                          "rcut_hard at most 3");
    text = changed("  n_sparse: 60\n", "  n_sparse: 60\n  use: [energy, forces]\n");
    expect_option_refused(text, "data: {force_key: none}",
                          "study.yaml:13:8: use: 'forces' is not read; name it in data/force_key");
    slg_config *c = with_option(text, "data: {virial_key: v}\nfit: {use: [virial, energy]}");
    ck_assert(c->use_virial && c->use_energy && !c->use_force);
    slg_config_free(&c);
    free(text);
}
END_TEST

/* Each layer is named in its own messages; the errors of all are reported, in their order. */
START_TEST(messages_of_all_layers)
{
    char *text = changed("  zeta: 4\n", "  zeta: four\n");
    expect_refused(3,
                   (slg_config_source[]){record_of("fit: {jitter: -1}"), file_of(text), option_of("run: {workers: x}")},
                   "study.h5:1:15: jitter: expected a number from 0 to 1, found '-1'\n"
                   "study.yaml:10:9: zeta: expected a number from 0.5 to 50, or {range: [a, b]}, {log: [a, b]}, {int: "
                   "[a, b]}, {choice: [...]}, found 'four'\n"
                   "--set: workers: expected an integer from 0 to 4096, found 'x'");
    free(text);
    expect_refused(2,
                   (slg_config_source[]){record_of("search: {seed: 1, seed: 2}"), file_of("data: {train: 3, e1: 4}")},
                   "study.h5:1:19: key 'seed' is given twice, first in line 1; remove one\n"
                   "study.yaml:1:18: data: unknown key 'e1'; did you mean 'e0'?\n"
                   "study.yaml:1:1: missing key 'alpha_max' of the section 'descriptor': Radial basis functions per "
                   "species channel.\n"
                   "study.yaml:1:1: missing key 'l_max' of the section 'descriptor': Largest angular momentum.\n"
                   "study.yaml:1:1: missing key 'rcut_hard' of the section 'descriptor': Radius of the environment.\n"
                   "study.yaml:1:1: missing key 'atom_sigma_r' of the section 'descriptor': Radial width of an atom's "
                   "density at distance 0.\n"
                   "study.yaml:1:1: missing key 'atom_sigma_t' of the section 'descriptor': Tangential width of an "
                   "atom's density at distance 0.\n"
                   "study.yaml:1:1: missing key 'zeta' of the section 'descriptor': Exponent of the kernel.\n"
                   "study.yaml:1:1: missing key 'n_sparse' of the section 'fit': Sparse points per central species (at "
                   "most).");
    expect_refused(2, (slg_config_source[]){file_of("data: {train: ["), option_of("search: {seed: x}")},
                   "study.yaml:2:1: YAML syntax: flow sequence without a closing bracket");
}
END_TEST

/* What the parser of YAML finds in an option has no lines either. */
START_TEST(syntax_errors_of_options)
{
    static const char *const bad[] = {"search: {seed: [1", "search: {seed: 1, seed: 2}", "search: {seed: &a 1}",
                                      "descriptor: {n_max: 3, alpha_max: 3}", "search: {seed: \"\xff\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        slg_config *c = NULL;
        slg_error_clear(&err);
        ck_assert_int_eq(slg_config_assemble((slg_config_source[]){file_of(valid), option_of(bad[i])}, 2, "", &c, &err),
                         SLG_ERR_CONFIG);
        ck_assert_msg(strncmp(err.text, "--set: ", 7) == 0 && !strstr(err.text, "line ") && !strstr(err.text, ":1:"),
                      "%s", err.text);
    }
}
END_TEST

/* What a record says of itself does not speak against the file: it turns the forces off. */
START_TEST(derived_values_of_a_record)
{
    slg_config *before = parse(STUDY);
    char *record = written(before);
    slg_config *c = recorded(record, "data: {force_key: none}");
    ck_assert(c->use_energy && !c->use_force);
    ck_assert_double_eq(weight_of(c, SLG_FORCE), 0);
    free(record);
    slg_config_free(&before);
    slg_config_free(&c);
}
END_TEST

/* Settings that do nothing are named, also a preset. */
START_TEST(warnings)
{
    slg_config *c = with_option(STUDY "search: {optimiser: random, inertia: 0.5, swarm: paper}", "search: {c1: 2}");
    ck_assert_str_eq(slg_config_warnings(c),
                     "study.yaml: search: swarm has no effect: what it belongs to is not chosen\n"
                     "study.yaml: search: inertia has no effect: what it belongs to is not chosen\n"
                     "study.yaml: search: c1 has no effect: what it belongs to is not chosen");
    slg_config_free(&c);
    c = parse(STUDY "search: {swarm: random}");
    ck_assert_str_eq(slg_config_warnings(c), "");
    slg_config_free(&c);
    c = with_option(STUDY, "descriptor: {atom_sigma_r: 2}");
    ck_assert_msg(strncmp(slg_config_warnings(c), "study.yaml: descriptor: ", 24) == 0, "%s", slg_config_warnings(c));
    slg_config_free(&c);
}
END_TEST

START_TEST(limits_of_sources)
{
    static slg_config_source many[SLG_MAX_SOURCE + 1];
    slg_config *c = NULL;
    many[0] = file_of(valid);
    for (int i = 1; i <= SLG_MAX_SOURCE; i++)
        many[i] = option_of(i == SLG_MAX_SOURCE - 1 ? "search: {seed: 5}" : "search: {seed: 4}");
    c = assembled(SLG_MAX_SOURCE, many);
    ck_assert_uint_eq(c->seed, 5);
    slg_config_free(&c);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_assemble(many, SLG_MAX_SOURCE + 1, "", &c, &err), SLG_ERR_USAGE);
    ck_assert_ptr_null(c);
    ck_assert_uint_eq(err.n_message, 1);
    slg_error_clear(&err);
    ck_assert_int_eq(slg_config_assemble(NULL, 0, "", &c, &err), SLG_ERR_USAGE);
    ck_assert_ptr_null(c);
    c = assembled(1, (slg_config_source[]){record_of(STUDY)}); /* a record alone */
    slg_config_free(&c);
}
END_TEST

/* Each allocation of ours fails once: an error, nothing lost (the sanitizers look), success in the end. */
START_TEST(allocation_failures)
{
    char *text = replaced(full, "l_max: {int: [3, 5]}", "l_max: 3\n  compress_file: a.txt");
    const slg_config_source layer[] = {record_of(text), file_of(text), option_of("descriptor: {compress_file: b.txt}")};
    slg_config *c = NULL;
    slg_status st = SLG_ERR_NOMEM;
    long k = 0;
    for (; st == SLG_ERR_NOMEM && k < 10000; k++) {
        slg_error_clear(&err);
        slg_alloc_fail_after(k);
        st = slg_config_assemble(layer, 3, "", &c, &err);
        slg_alloc_fail_after(-1);
        ck_assert_msg(st == SLG_OK || (st == SLG_ERR_NOMEM && !c && err.status == SLG_ERR_NOMEM), "%ld: %s", k,
                      err.text);
    }
    ck_assert_int_eq(st, SLG_OK);
    ck_assert_int_gt(k, 300);
    ck_assert_str_eq(slot_of(c, "compress_file")->file, "b.txt");
    slg_config_free(&c);
    free(text);
}
END_TEST

int main(void)
{
    const int n_override = (int)(sizeof override / sizeof *override);
    Suite *suite = suite_create("layers");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 20);
    tcase_add_loop_test(t, options_override_the_file, 0, n_override);
    tcase_add_loop_test(t, the_file_overrides_the_record, 0, n_override);
    tcase_add_test(t, the_last_layer_wins);
    tcase_add_test(t, origins);
    tcase_add_test(t, a_record_fills_what_is_left_out);
    tcase_add_test(t, a_record_leaves_resources_alone);
    tcase_add_test(t, the_file_wins_over_the_record);
    tcase_add_test(t, missing_keys);
    tcase_add_test(t, presets);
    tcase_add_test(t, presets_on_a_record);
    tcase_add_test(t, optimisers);
    tcase_add_test(t, messages_of_options);
    tcase_add_test(t, messages_across_layers);
    tcase_add_test(t, messages_of_all_layers);
    tcase_add_test(t, syntax_errors_of_options);
    tcase_add_test(t, derived_values_of_a_record);
    tcase_add_test(t, warnings);
    tcase_add_test(t, limits_of_sources);
    tcase_add_test(t, allocation_failures);
    suite_add_tcase(suite, t);
    return slg_test_main(suite);
}
