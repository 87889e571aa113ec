/* Plays files to a fuzz target once each; libFuzzer takes this place in `make fuzz`. */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        FILE    *f = fopen(argv[i], "rb");
        uint8_t *data = malloc(1 << 20);
        size_t   size;

        if (f == NULL || data == NULL) {
            perror(argv[i]);
            return 1;
        }
        size = fread(data, 1, 1 << 20, f);
        fclose(f);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
