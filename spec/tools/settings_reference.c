/* `make reference`: writes the reference of ladle.yaml into its page. */
#include "settings_reference.h"

int main(void)
{
    char *page = reference_page();
    char *filled = page != NULL ? reference_filled(page) : NULL;
    FILE *f = filled != NULL ? fopen(PAGE, "w") : NULL;
    int rc = f != NULL && fputs(filled, f) != EOF ? 0 : 1;
    rc = f != NULL && fclose(f) == EOF ? 1 : rc;
    if (rc != 0) {
        (void)fprintf(stderr, "%s cannot be written, or does not have its two marks\n", PAGE);
    }
    free(filled);
    free(page);
    return rc;
}
