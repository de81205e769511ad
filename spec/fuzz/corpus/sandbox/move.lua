return table.move({}, 1, 1 << 40, 2), table.move({ print }, 1, 1, 1, string)
