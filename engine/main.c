/* Starts the program: finds the command and runs it. Everything that happens is a command of cli/;
 * each builds what it needs and takes it down again, so the order of start and stop stands in that
 * command's file. Only what keeps secrets in comes before. Runs on the loop thread. */
#include "base/harden.h"
#include "cli/cli.h"
#include "crypto/vault.h"

int main(int argc, char **argv)
{
    harden_process();
    vault_take_environment();
    return cli_main(argc, argv);
}
