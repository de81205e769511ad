return rawget(_ENV, 'os') or os
