return pcall(require, 'package'), pcall(require, '_G'), pcall(require, 'debug'), pcall(require, 'io'), pcall(require, 'string')
