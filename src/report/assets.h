/** Files that the build embeds: Vega, style and script of the page, chart descriptions. NUL-terminated. */
#ifndef SLG_REPORT_ASSETS_H
#define SLG_REPORT_ASSETS_H

/** "" when the program was built without Vega. */
extern const char slg_asset_vega[];
extern const char slg_asset_css[], slg_asset_js[];
extern const char slg_asset_convergence[], slg_asset_path[], slg_asset_effects[], slg_asset_kernel[],
    slg_asset_similarity[], slg_asset_dimer[], slg_asset_parity[], slg_asset_errors[], slg_asset_gantt[];

#endif
