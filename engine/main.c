/* The program. Everything that happens is a command of cli/; each builds what it needs and takes it
 * down again, so the order of start and stop stands in that command's file. Runs on the loop
 * thread. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
