#!/bin/sh
# Writes an assembler file that holds the files named, and a table of them in the order given:
# embedded_files[] of {name, data, length}, ended by a row of zeros. Each file is followed by a NUL.
set -eu
echo '    .section .rodata'
n=0
for f in "$@"; do
    printf '.Ln%d: .asciz "%s"\n.Ld%d: .incbin "%s"\n.Le%d: .byte 0\n' $n "$f" $n "$f" $n
    n=$((n + 1))
done
echo '    .section .data.rel.ro,"aw"'
echo '    .balign 8'
echo '    .global embedded_files'
echo 'embedded_files:'
i=0
while [ $i -lt $n ]; do
    printf '    .quad .Ln%d, .Ld%d, .Le%d - .Ld%d\n' $i $i $i $i
    i=$((i + 1))
done
echo '    .quad 0, 0, 0'
echo '    .section .note.GNU-stack,"",%progbits'
