::a:: do local x <close> = nil goto a end
