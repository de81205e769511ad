return load, loadstring, dofile, loadfile, require 'load'
