/*
 * Blocks as data of StarPU: plain memory of a given size that begins at a multiple of 64 bytes on every memory node, so
 * that kernels find the same alignment wherever StarPU copies it. StarPU's own aligned allocation would do that too,
 * but fragments the heap with many short particles.
 */
#include "runtime/engine/starpu/inside.h"

#include <errno.h>
#include <stdio.h>

/** One copy of a block; base and payload are 0 where there is none. */
typedef struct block_interface {
    enum starpu_data_interface_id id;
    size_t bytes;
    uintptr_t base;    /* as allocated: an address, or the handle of a device's memory */
    uintptr_t payload; /* base rounded up, in main memory */
} block_interface;

static void register_block(starpu_data_handle_t handle, unsigned home, void *given)
{
    for (unsigned node = 0; node < STARPU_MAXNODES; node++) {
        block_interface *copy = starpu_data_get_interface_on_node(handle, node);
        *copy = *(block_interface *)given;
        if (node != home)
            copy->base = copy->payload = 0;
    }
}

static starpu_ssize_t allocate(void *interface, unsigned node)
{
    block_interface *b = interface;
    const size_t room = b->bytes + SLG_ALIGN;
    b->base = starpu_malloc_on_node(node, room);
    if (!b->base)
        return -ENOMEM;
    b->payload = b->base;
    if (starpu_node_get_kind(node) == STARPU_CPU_RAM)
        b->payload = (b->base + SLG_ALIGN - 1) / SLG_ALIGN * SLG_ALIGN;
    return (starpu_ssize_t)room;
}

static void release(void *interface, unsigned node)
{
    block_interface *b = interface;
    starpu_free_on_node(node, b->base, b->bytes + SLG_ALIGN);
    b->base = b->payload = 0;
}

static int copy_any(void *from_interface, unsigned from_node, void *to_interface, unsigned to_node, void *async)
{
    const block_interface *from = from_interface, *to = to_interface;
    return starpu_interface_copy(from->base, from->payload - from->base, from_node, to->base, to->payload - to->base,
                                 to_node, from->bytes, async);
}

static void *to_pointer(void *interface, unsigned node)
{
    (void)node;
    return slg_starpu_payload(interface);
}

static size_t size_of(starpu_data_handle_t handle)
{
    return ((const block_interface *)starpu_data_get_interface_on_node(handle, STARPU_MAIN_RAM))->bytes;
}

static size_t room_of(starpu_data_handle_t handle)
{
    return size_of(handle) + SLG_ALIGN;
}

static uint32_t footprint(starpu_data_handle_t handle)
{
    const size_t bytes = size_of(handle);
    return starpu_hash_crc32c_be_n(&bytes, sizeof bytes, 0);
}

static int same_size(void *a, void *b)
{
    return ((const block_interface *)a)->bytes == ((const block_interface *)b)->bytes;
}

static void display(starpu_data_handle_t handle, FILE *out)
{
    fprintf(out, "%zu\t", size_of(handle));
}

static starpu_ssize_t describe(void *interface, char *text, size_t size)
{
    return snprintf(text, size, "B%zu", ((const block_interface *)interface)->bytes);
}

static const struct starpu_data_copy_methods copies = {.any_to_any = copy_any};

static struct starpu_data_interface_ops operations = {
    .register_data_handle = register_block,
    .allocate_data_on_node = allocate,
    .free_data_on_node = release,
    .copy_methods = &copies,
    .to_pointer = to_pointer,
    .get_size = size_of,
    .get_alloc_size = room_of,
    .footprint = footprint,
    .compare = same_size,
    .display = display,
    .describe = describe,
    .interfaceid = STARPU_UNKNOWN_INTERFACE_ID,
    .interface_size = sizeof(block_interface),
    .name = "starling block",
};

void slg_starpu_register(starpu_data_handle_t *handle, const void *host, size_t bytes)
{
    if (operations.interfaceid == STARPU_UNKNOWN_INTERFACE_ID)
        operations.interfaceid = (enum starpu_data_interface_id)starpu_data_interface_get_next_id();
    block_interface b = {operations.interfaceid, bytes, (uintptr_t)host, (uintptr_t)host};
    starpu_data_register(handle, host ? STARPU_MAIN_RAM : -1, &b, &operations);
}

void *slg_starpu_payload(void *interface)
{
    return (void *)((const block_interface *)interface)->payload;
}
