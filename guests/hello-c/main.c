/* Greets whoever the input names, or the world: the guest interface from C. */
#include "zkvm.h"

int main(void) {
    const uint8_t *name;
    size_t n;
    read_input(&name, &n);
    write_output((const uint8_t *)"Hello from C, ", 14);
    if (n == 0) {
        write_output((const uint8_t *)"world", 5);
    } else {
        write_output(name, n);
    }
    write_output((const uint8_t *)"!\n", 2);
    return 0;
}
