/* Wrong study files: a change to the valid one below, and the exact messages. */
static const char valid[] = "data:\n"
                            "  train: a.xyz\n"
                            "descriptor:\n"
                            "  alpha_max: 4\n"
                            "  l_max: 4\n"
                            "  rcut_hard: 5\n"
                            "  rcut_soft: {range: [4, 4.5]}\n"
                            "  atom_sigma_r: 0.5\n"
                            "  atom_sigma_t: 0.5\n"
                            "  zeta: 4\n"
                            "fit:\n"
                            "  n_sparse: 60\n"
                            "  delta: {range: [0.1, 5]}\n"
                            "  sigma_energy: {log: [0.001, 0.1]}\n"
                            "search:\n"
                            "  seed: 1\n"
                            "run:\n"
                            "  workers: 2\n";

static const struct wrong {
    const char *what, *old, *new, *message;
} wrong[] = {
    {"syntax: open list", "  zeta: 4\n", "  zeta: [4\n",
     "study.yaml:12:3: YAML syntax: wrongly indented flow sequence"},
    {"syntax: tab", "  zeta: 4\n", "\tzeta: 4\n", "study.yaml:10:2: YAML syntax: invalid tab used as indentation"},
    {"Latin-1 in a comment, which would end the file there", "  zeta: 4\n",
     "  zeta: 4 # \xC3\xA5\n"
     "  # \xE5ngstr\xF6m\n",
     "study.yaml:11:5: expected UTF-8 text, found the byte 0xE5; this is not a text file, or its letters are in "
     "another encoding"},
    {"overlong UTF-8", "  zeta: 4\n", "  zeta: 4 #\xC0\xAF\n",
     "study.yaml:10:12: expected UTF-8 text, found the byte 0xC0; this is not a text file, or its letters are in "
     "another encoding"},
    {"UTF-8 of a surrogate", "  zeta: 4\n", "  zeta: 4 #\xED\xA0\x80\n",
     "study.yaml:10:12: expected UTF-8 text, found the byte 0xED; this is not a text file, or its letters are in "
     "another encoding"},
    {"anchor", "  zeta: 4\n", "  zeta: &z 4\n",
     "study.yaml:10:12: anchors, aliases and tags are not supported; write the value out, or between quotes if it "
     "begins with * or &"},
    {"alias", "  zeta: 4\n", "  zeta: *z\n",
     "study.yaml:10:10: anchors, aliases and tags are not supported; write the value out, or between quotes if it "
     "begins with * or &"},
    {"tag", "  zeta: 4\n", "  zeta: !!float 4\n",
     "study.yaml:10:17: anchors, aliases and tags are not supported; write the value out, or between quotes if it "
     "begins with * or &"},
    {"merge key", "  zeta: 4\n",
     "  zeta: 4\n"
     "  <<: {nf: 4}\n",
     "study.yaml:11:3: descriptor: unknown key '<<'"},
    {"complex key", "  zeta: 4\n",
     "  zeta: 4\n"
     "  [a]: 3\n",
     "study.yaml:11:3: expected a key, found something else (anchors, aliases and tags are not supported)"},
    {"line break in a value", "  train: a.xyz\n", "  train: \"a\\nb\"\n",
     "study.yaml:2:11: a value contains a line break or another control character; write it in one line"},
    {"two documents", "  workers: 2\n",
     "  workers: 2\n"
     "---\n"
     "a: 1\n",
     "study.yaml:20:1: a second document begins; a study file holds one"},
    {"root is a list", valid, "[1, 2]\n",
     "study.yaml:1:1: expected the sections data, descriptor, fit, objective, search, run, trace, found a list"},
    {"root is a text", valid, "hello\n",
     "study.yaml:1:1: expected the sections data, descriptor, fit, objective, search, run, trace, found 'hello'"},
    {"too deep", "  seed: 1\n", "  start: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
     "study.yaml:16:25: the file is nested too deeply or has too many values for a study"},
    {"unknown section", "search:\n", "serach:\n", "study.yaml:15:1: unknown section 'serach'; did you mean 'search'?"},
    {"key outside of its section", "data:\n",
     "seed: 3\n"
     "data:\n",
     "study.yaml:1:1: 'seed' belongs to the section 'search'; move it there"},
    {"section is no map",
     "run:\n"
     "  workers: 2\n",
     "run: 3\n", "study.yaml:17:6: run: expected keys with values, found '3'"},
    {"key twice", "  seed: 1\n",
     "  seed: 1\n"
     "  seed: 1\n",
     "study.yaml:17:3: key 'seed' is given twice, first in line 16; remove one"},
    {"key and its alias", "  alpha_max: 4\n",
     "  alpha_max: 4\n"
     "  n_max: 3\n",
     "study.yaml:5:3: descriptor: 'n_max' is another name of 'alpha_max' in line 4; remove one"},
    {"unknown key", "  seed: 1\n", "  partciles: 3\n",
     "study.yaml:16:3: search: unknown key 'partciles'; did you mean 'particles'?"},
    {"trace kept of a number alone", "run:\n",
     "trace:\n"
     "  keep: last\n"
     "run:\n",
     "study.yaml:18:9: keep: expected all, none, last N or sample N with N from 1, found 'last'"},
    {"trace kept of no iteration", "run:\n",
     "trace:\n"
     "  keep: sample 0\n"
     "run:\n",
     "study.yaml:18:9: keep: expected all, none, last N or sample N with N from 1, found 'sample 0'"},
    {"trace kept with more words", "run:\n",
     "trace: {keep: all 3 times}\n"
     "run:\n",
     "study.yaml:17:15: keep: expected all, none, last N or sample N with N from 1, found 'all 3 times'"},
    {"unknown key, nothing near", "  seed: 1\n", "  wizardry: 3\n", "study.yaml:16:3: search: unknown key 'wizardry'"},
    {"wrong section", "  zeta: 4\n",
     "  zeta: 4\n"
     "  n_sparse: 3\n",
     "study.yaml:11:3: descriptor: 'n_sparse' belongs to the section 'fit'; move it there"},
    {"missing key", "  zeta: 4\n", "",
     "study.yaml:3:1: missing key 'zeta' of the section 'descriptor': Exponent of the kernel."},
    {"missing section",
     "fit:\n"
     "  n_sparse: 60\n"
     "  delta: {range: [0.1, 5]}\n"
     "  sigma_energy: {log: [0.001, 0.1]}\n",
     "", "study.yaml:1:1: missing key 'n_sparse' of the section 'fit': Sparse points per central species (at most)."},
    {"not an integer", "  seed: 1\n", "  particles: 3.5\n",
     "study.yaml:16:14: particles: expected an integer from 1 to 100000, found '3.5'"},
    {"integer too large", "  seed: 1\n", "  particles: 100001\n",
     "study.yaml:16:14: particles: expected an integer from 1 to 100000, found '100001'"},
    {"integer is a list", "  seed: 1\n", "  particles: [3]\n",
     "study.yaml:16:14: particles: expected an integer from 1 to 100000, found a list"},
    {"integer quoted", "  seed: 1\n", "  particles: \"3\"\n",
     "study.yaml:16:15: particles: expected an integer from 1 to 100000, found the text '3'"},
    {"number out of range", "  seed: 1\n", "  inertia: 11\n",
     "study.yaml:16:12: inertia: expected a number from 0 to 10, found '11'"},
    {"not a number", "  seed: 1\n", "  c1: nan\n", "study.yaml:16:7: c1: expected a number from 0 to 100, found 'nan'"},
    {"number hexadecimal", "  seed: 1\n", "  c1: 0x10\n",
     "study.yaml:16:7: c1: expected a number from 0 to 100, found '0x10'"},
    {"number empty", "  seed: 1\n", "  c2:\n", "study.yaml:16:3: c2: expected a number from 0 to 100, found nothing"},
    {"number with unit", "  workers: 2\n", "  checkpoint_minutes: -1\n",
     "study.yaml:18:23: checkpoint_minutes: expected a number from 0 to 1000000 min, found '-1'"},
    {"seed negative", "  seed: 1\n", "  seed: -1\n",
     "study.yaml:16:9: seed: expected an integer from 0 to 18446744073709551615, found '-1'"},
    {"seed too large", "  seed: 1\n", "  seed: 18446744073709551616\n",
     "study.yaml:16:9: seed: expected an integer from 0 to 18446744073709551615, found '18446744073709551616'"},
    {"boolean", "  zeta: 4\n",
     "  zeta: 4\n"
     "  clean_filter: yes\n",
     "study.yaml:11:17: clean_filter: expected true or false, found 'yes'"},
    {"word", "  seed: 1\n", "  bounds: reflct\n",
     "study.yaml:16:11: bounds: expected one of redraw, clamp, reflect, found 'reflct'; did you mean 'reflect'?"},
    {"word, map", "  seed: 1\n", "  bounds: {a: 1}\n",
     "study.yaml:16:11: bounds: expected one of redraw, clamp, reflect, found a map"},
    {"swarm", "  seed: 1\n", "  swarm: pso\n", "study.yaml:16:10: swarm: expected one of inertia, paper, found 'pso'"},
    {"swarm, capital letter", "  seed: 1\n", "  swarm: Paper\n",
     "study.yaml:16:10: swarm: expected one of inertia, paper, found 'Paper'; did you mean 'paper'?"},
    {"optimiser", "  seed: 1\n", "  optimiser: swam\n",
     "study.yaml:16:14: optimiser: expected one of swarm, random, found 'swam'; did you mean 'swarm'?"},
    {"optimiser by a preset", "  seed: 1\n", "  optimiser: paper\n",
     "study.yaml:16:14: optimiser: expected one of swarm, random, found 'paper'"},
    {"type", "  alpha_max: 4\n", "  type: soap\n  alpha_max: 4\n",
     "study.yaml:4:9: type: expected one of soap_turbo, found 'soap'"},
    {"type is a list", "  alpha_max: 4\n", "  type: [soap_turbo]\n  alpha_max: 4\n",
     "study.yaml:4:9: type: expected one of soap_turbo, found a list"},
    {"objective", "search:\n", "objective:\n  kind: rsme\nsearch:\n",
     "study.yaml:16:9: kind: expected one of rmse, mae, found 'rsme'; did you mean 'rmse'?"},
    {"objective of descriptors for fits", "search:\n", "objective:\n  kind: std\nsearch:\n",
     "study.yaml:16:9: kind: expected one of rmse, mae, found 'std'"},
    {"first objective", "search:\n", "objective:\n  stage1: mae\nsearch:\n",
     "study.yaml:16:11: stage1: expected one of std_skew, std_skew_plain, std, found 'mae'"},
    {"sparse method", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  sparse_method: kur\n",
     "study.yaml:13:18: sparse_method: expected one of cur, fps, random, found 'kur'; did you mean 'cur'?"},
    {"jitter", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  jitter: 2\n",
     "study.yaml:13:11: jitter: expected a number from 0 to 1, found '2'"},
    {"weight below 0", "search:\n", "objective:\n  force_weight: -1\nsearch:\n",
     "study.yaml:16:17: force_weight: expected a number from 0 to 1000000000 Angstrom/eV, found '-1'"},
    {"compress_file is a list", "  zeta: 4\n",
     "  zeta: 4\n"
     "  compress_file: [a]\n",
     "study.yaml:11:18: compress_file: expected a text, found a list"},
    {"compress_file with a searched l_max", "  l_max: 4\n",
     "  l_max: {int: [3, 4]}\n"
     "  compress_file: a\n",
     "study.yaml:6:18: compress_file: expected fixed alpha_max and l_max, found l_max searched; fix it or use "
     "compress_mode"},
    {"basis", "  zeta: 4\n",
     "  zeta: 4\n"
     "  basis: poly4\n",
     "study.yaml:11:10: basis: expected one of poly3, poly3gauss, found 'poly4'; did you mean 'poly3'?"},
    {"compress_mode", "  zeta: 4\n",
     "  zeta: 4\n"
     "  compress_mode: 3_0\n",
     "study.yaml:11:18: compress_mode: expected one of None, trivial, 0_0, 0_1, 0_2, 1_0, 1_1, 1_2, 2_0, 2_1, 2_2, "
     "found '3_0'; did you mean '0_0'?"},
    {"empty text", "  train: a.xyz\n", "  train: \"\"\n", "study.yaml:2:11: train: expected a text, found the text ''"},
    {"text missing", "  train: a.xyz\n", "  train:\n", "study.yaml:2:3: train: expected a text, found nothing"},
    {"text too long", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  energy_key: eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\n",
     "study.yaml:3:15: energy_key: expected at most 63 characters, found 64"},
    {"time", "  workers: 2\n", "  max_time: 10x\n",
     "study.yaml:18:13: max_time: expected none, or a time above 0 and up to 1e9 s such as 90, 90s or 23h30m, found "
     "'10x'"},
    {"time, order", "  workers: 2\n", "  max_time: 10m2h\n",
     "study.yaml:18:13: max_time: expected none, or a time above 0 and up to 1e9 s such as 90, 90s or 23h30m, found "
     "'10m2h'"},
    {"validation fraction", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  validation: {fraction: 1.5}\n",
     "study.yaml:3:26: validation: expected {folds: k} or {fraction: f} with f between 0 and 1"},
    {"validation number", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  validation: 20\n",
     "study.yaml:3:15: validation: expected {folds: k} or {fraction: f} with f between 0 and 1"},
    {"validation key", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  validation: {fractoin: 0.5}\n",
     "study.yaml:3:16: validation: unknown key 'fractoin'; did you mean 'fraction'?\n"
     "study.yaml:3:15: validation: expected {folds: k} or {fraction: f} with f between 0 and 1"},
    {"validation list", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  validation: [[a]]\n",
     "study.yaml:3:16: validation: expected a text, found a list"},
    {"e0 word", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  e0: isolate\n",
     "study.yaml:3:7: e0: expected isolated, average or a map of elements to energies, found 'isolate'"},
    {"e0 element", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  e0: {Cx: 1}\n",
     "study.yaml:3:8: e0: expected an element symbol, found 'Cx'"},
    {"e0 value", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  e0: {C: a}\n",
     "study.yaml:3:11: e0: expected a number from -1000000000 to 1000000000 eV, found 'a'"},
    {"e0 empty", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  e0: {}\n",
     "study.yaml:3:7: e0: expected energies of 1 to 8 elements, found 0"},
    {"use word", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  use: [energy, force]\n",
     "study.yaml:13:17: use: expected one of energy, forces, virial, found 'force'; did you mean 'forces'?"},
    {"use no list", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  use: energy\n",
     "study.yaml:13:8: use: expected a list such as [energy, forces], found 'energy'"},
    {"use empty", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  use: []\n",
     "study.yaml:13:8: use: expected a list such as [energy, forces], found an empty list"},
    {"config_type_sigma", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  config_type_sigma: {dimer: {energi: 1}}\n",
     "study.yaml:13:31: config_type_sigma: unknown key 'energi'; did you mean 'energy'?"},
    {"config_type_sigma value", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  config_type_sigma: {dimer: {force: 0}}\n",
     "study.yaml:13:38: config_type_sigma: expected a number from 1e-09 to 1000000 eV/Angstrom, found '0'"},
    {"config_type_sigma number", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  config_type_sigma: {dimer: 3}\n",
     "study.yaml:13:30: config_type_sigma: expected a map such as {energy: 0.001, force: 0.05}, found '3'"},
    {"config_type_sigma list", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  config_type_sigma: [3]\n",
     "study.yaml:13:22: config_type_sigma: expected a map of at most 64 config_types, found a list"},
    {"start no list", "  seed: 1\n", "  start: {zeta: 4}\n",
     "study.yaml:16:10: start: expected a list of at most 64 maps, found a map"},
    {"start no map", "  seed: 1\n", "  start: [4]\n",
     "study.yaml:16:11: start: expected maps such as {delta: 2}, found '4'"},
    {"start unknown", "  seed: 1\n", "  start: [{zetta: 4}]\n",
     "study.yaml:16:12: start: unknown hyper-parameter 'zetta'; did you mean 'zeta'?"},
    {"start form", "  seed: 1\n", "  start: [{delta: {range: [1, 2]}}]\n",
     "study.yaml:16:19: delta: expected a number from 1e-06 to 1000000 eV, found a map"},
    {"hp text", "  zeta: 4\n", "  zeta: four\n",
     "study.yaml:10:9: zeta: expected a number from 0.5 to 50, or {range: [a, b]}, {log: [a, b]}, {int: [a, b]}, "
     "{choice: [...]}, found 'four'"},
    {"hp out of range", "  rcut_hard: 5\n", "  rcut_hard: 45\n",
     "study.yaml:6:14: rcut_hard: expected a number from 0.5 to 20 Angstrom, or {range: [a, b]}, {log: [a, b]}, {int: "
     "[a, b]}, {choice: [...]}, found '45'"},
    {"hp integer", "  alpha_max: 4\n", "  alpha_max: 4.5\n",
     "study.yaml:4:14: alpha_max: expected an integer from 1 to 12, or {int: [a, b]}, {choice: [...]}, found '4.5'"},
    {"hp integer range", "  alpha_max: 4\n", "  alpha_max: {range: [2, 4]}\n",
     "study.yaml:4:22: alpha_max: is an integer; use {int: [a, b]} or {choice: [...]}"},
    {"hp int of reals", "  zeta: 4\n", "  zeta: {int: [2.5, 4]}\n",
     "study.yaml:10:15: zeta: expected integers in {int: [a, b]}, found 2.5 and 4"},
    {"hp form", "  zeta: 4\n", "  zeta: {rnage: [2, 4]}\n",
     "study.yaml:10:10: zeta: expected an element symbol or one of range, log, int, choice, found 'rnage'; did you "
     "mean 'range'?"},
    {"hp form without species", "  l_max: 4\n", "  l_max: {itn: [2, 4]}\n",
     "study.yaml:5:11: l_max: expected one of range, log, int, choice, found 'itn'; did you mean 'int'?"},
    {"hp two forms", "  zeta: 4\n", "  zeta: {range: [2, 4], log: [2, 4]}\n",
     "study.yaml:10:9: zeta: expected one of range, log, int, choice, found 2 keys"},
    {"hp range reversed", "  zeta: 4\n", "  zeta: {range: [4, 2]}\n",
     "study.yaml:10:17: zeta: expected the lower end first, found [4, 2]"},
    {"hp range of one", "  zeta: 4\n", "  zeta: {range: [4]}\n",
     "study.yaml:10:17: zeta: expected [lowest, highest], found a list with fewer values"},
    {"hp range number", "  zeta: 4\n", "  zeta: {range: 4}\n",
     "study.yaml:10:17: zeta: expected [lowest, highest], found '4'"},
    {"hp range outside", "  zeta: 4\n", "  zeta: {range: [4, 400]}\n",
     "study.yaml:10:21: zeta: expected a number from 0.5 to 50, found '400'"},
    {"hp log from 0", "  zeta: 4\n",
     "  zeta: 4\n"
     "  central_weight: {log: [0, 1]}\n",
     "study.yaml:11:25: central_weight: a log range must begin above 0, found 0"},
    {"hp choice of one", "  zeta: 4\n", "  zeta: {choice: [4]}\n",
     "study.yaml:10:18: zeta: expected a list of 2 to 16 values"},
    {"hp choice twice", "  zeta: 4\n", "  zeta: {choice: [4, 2, 4]}\n",
     "study.yaml:10:25: zeta: the choice 4 is given twice"},
    {"hp choice outside", "  zeta: 4\n", "  zeta: {choice: [4, 0]}\n",
     "study.yaml:10:22: zeta: expected a number from 0.5 to 50, found '0'"},
    {"hp choice integer", "  l_max: 4\n", "  l_max: {choice: [4, 4.5]}\n",
     "study.yaml:5:23: l_max: expected an integer from 0 to 12, found '4.5'"},
    {"hp list", "  zeta: 4\n", "  zeta: [4, 2]\n",
     "study.yaml:10:9: zeta: expected a number from 0.5 to 50, or {range: [a, b]}, {log: [a, b]}, {int: [a, b]}, "
     "{choice: [...]}, found a list"},
    {"hp map of elements where one value holds", "  rcut_hard: 5\n", "  rcut_hard: {C: 5}\n",
     "study.yaml:6:14: rcut_hard: has one value for all elements, found a map of elements"},
    {"hp unknown element", "  atom_sigma_r: 0.5\n", "  atom_sigma_r: {C: 0.5, Q: 0.4}\n",
     "study.yaml:8:26: atom_sigma_r: expected an element symbol or one of range, log, int, choice, found 'Q'"},
    {"hp element value", "  atom_sigma_r: 0.5\n", "  atom_sigma_r: {C: 0.5, H: -0.4}\n",
     "study.yaml:8:29: atom_sigma_r: expected a number from 0.01 to 10 Angstrom, or {range: [a, b]}, {log: [a, b]}, "
     "{int: [a, b]}, {choice: [...]}, found '-0.4'"},
    {"hp too many elements", "  zeta: 4\n", "  zeta: {H: 1, He: 1, Li: 1, Be: 1, B: 1, C: 1, N: 1, O: 1, F: 1}\n",
     "study.yaml:10:9: zeta: expected at most 8 elements, found 9"},
    {"cutoffs", "{range: [4, 4.5]}", "{range: [4.995, 5]}",
     "study.yaml:7:14: rcut_soft: must stay 0.01 Angstrom below rcut_hard, found at least 4.995 with rcut_hard at most "
     "5"},
    {"cutoffs fixed", "{range: [4, 4.5]}", "5",
     "study.yaml:7:14: rcut_soft: must stay 0.01 Angstrom below rcut_hard, found at least 5 with rcut_hard at most 5"},
    {"use not read", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  use: [energy, virial]\n",
     "study.yaml:13:8: use: 'virial' is not read; name it in data/virial_key"},
    {"weight not read", "search:\n",
     "objective:\n"
     "  virial_weight: 1\n"
     "search:\n",
     "study.yaml:16:18: virial_weight: must be 0 because 'virial' is not read; or name it in data/virial_key"},
    {"weights", "search:\n",
     "objective:\n"
     "  energy_weight: 0\n"
     "  force_weight: 0\n"
     "search:\n",
     "study.yaml:16:18: the weights of the objective are all 0; give at least one of energy_weight, force_weight, "
     "virial_weight"},
    {"nothing to train on", "  train: a.xyz\n",
     "  train: a.xyz\n"
     "  energy_key: none\n"
     "  force_key: none\n",
     "study.yaml:16:17: sigma_energy: is searched without effect because fit/use has no 'energy'; add it there or fix "
     "sigma_energy\n"
     "study.yaml:13:1: use: nothing is left to train on; name energies or forces in the section 'data'\n"
     "study.yaml:1:1: the weights of the objective are all 0; give at least one of energy_weight, force_weight, "
     "virial_weight"},
    {"sigma without use", "  n_sparse: 60\n",
     "  n_sparse: 60\n"
     "  sigma_force: {log: [0.01, 0.1]}\n"
     "  use: [energy]\n",
     "study.yaml:13:16: sigma_force: is searched without effect because fit/use has no 'forces'; add it there or fix "
     "sigma_force"},
    {"strategy 2, stage 1",
     "  rcut_soft: {range: [4, 4.5]}\n"
     "  atom_sigma_r: 0.5\n"
     "  atom_sigma_t: 0.5\n"
     "  zeta: 4\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "  delta: {range: [0.1, 5]}\n"
     "  sigma_energy: {log: [0.001, 0.1]}\n"
     "search:\n",
     "  rcut_soft: 4\n"
     "  atom_sigma_r: 0.5\n"
     "  atom_sigma_t: 0.5\n"
     "  zeta: 4\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "  delta: {range: [0.1, 5]}\n"
     "search:\n"
     "  strategy: 2\n",
     "study.yaml:15:13: strategy: 2 searches in the section 'descriptor' in stage 1, but all values there are fixed; "
     "give one a range or use strategy 1"},
    {"strategy 2, stage 2",
     "  delta: {range: [0.1, 5]}\n"
     "  sigma_energy: {log: [0.001, 0.1]}\n"
     "search:\n",
     "  sigma_energy: 0.001\n  sigma_force: 0.05\nsearch:\n"
     "  strategy: 2\n",
     "study.yaml:16:13: strategy: 2 searches in the section 'fit' in stage 2, but all values there are fixed; give one "
     "a range or use strategy 1"},
    {"strategy 2, zeta is of stage 1",
     "  rcut_soft: {range: [4, 4.5]}\n"
     "  atom_sigma_r: 0.5\n"
     "  atom_sigma_t: 0.5\n"
     "  zeta: 4\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "  delta: {range: [0.1, 5]}\n"
     "  sigma_energy: {log: [0.001, 0.1]}\n"
     "search:\n",
     "  rcut_soft: 4\n"
     "  atom_sigma_r: 0.5\n"
     "  atom_sigma_t: 0.5\n"
     "  zeta: {range: [2, 4]}\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "  sigma_energy: 0.001\n  sigma_force: 0.05\nsearch:\n"
     "  strategy: 2\n",
     "study.yaml:16:13: strategy: 2 searches in the section 'fit' in stage 2, but all values there are fixed; give one "
     "a range or use strategy 1"},
    {"start outside", "  seed: 1\n", "  start: [{delta: 6}]\n",
     "study.yaml:16:19: start: delta: the value is outside of what the section 'fit' allows"},
    {"start of a fixed one", "  seed: 1\n", "  start: [{delta: 1}, {zeta: 5}]\n",
     "study.yaml:16:30: start: zeta: the value is outside of what the section 'descriptor' allows"},
    {"start by element of a tied one", "  seed: 1\n", "  start: [{delta: {C: 3}}]\n",
     "study.yaml:16:19: start: delta is searched as one value for all elements; give one number"},
    {"start element without values",
     "  zeta: 4\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "  delta: {range: [0.1, 5]}\n"
     "  sigma_energy: {log: [0.001, 0.1]}\n"
     "search:\n"
     "  seed: 1\n",
     "  zeta: {C: {int: [2, 4]}, H: 2}\n"
     "fit:\n"
     "  n_sparse: 60\n"
     "search:\n"
     "  start: [{zeta: {C: 4, O: 2}}]\n",
     "study.yaml:14:18: start: zeta: the value is outside of what the section 'descriptor' allows"},
    {"several at once",
     "  l_max: 4\n"
     "  rcut_hard: 5\n",
     "  l_max: 40\n"
     "  rcut_hard: five\n"
     "  rcutsoft: 4\n",
     "study.yaml:5:10: l_max: expected an integer from 0 to 12, or {int: [a, b]}, {choice: [...]}, found '40'\n"
     "study.yaml:6:14: rcut_hard: expected a number from 0.5 to 20 Angstrom, or {range: [a, b]}, {log: [a, b]}, {int: "
     "[a, b]}, {choice: [...]}, found 'five'\n"
     "study.yaml:7:3: descriptor: unknown key 'rcutsoft'; did you mean 'rcut_soft'?"},
};
