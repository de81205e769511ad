return pcall(require, 'json.x'), pcall(require, ('a.'):rep(50) .. 'a'), pcall(require, 'lib.walk')
