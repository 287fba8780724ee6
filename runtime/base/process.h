/** What this process uses, and what machine it is on. */
#ifndef SLG_BASE_PROCESS_H
#define SLG_BASE_PROCESS_H

#include <stddef.h>

/** Physical memory of the machine, bytes. */
double slg_machine_bytes(void);
/** Cores that this process may use. */
int slg_cores(void);
/** Resident memory and address space now, largest resident memory so far; bytes, 0 where the system does not say. */
double slg_resident_bytes(void);
double slg_virtual_bytes(void);
double slg_peak_bytes(void);
/** Model name of the processor, "unknown" where the system does not say. */
void slg_processor_name(char *out, size_t size);

#endif
