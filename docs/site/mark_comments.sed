#!/usr/bin/sed -Ef
# Marks our comments as Doxygen's own, and keeps it from reading <words> in them as tags.
s#^([[:space:]]*)//([[:space:]]|$)#\1///\2#
/^[[:space:]]*\/\/\//s/[<>]/\\&/g
s#([;,{][[:space:]]+)// #\1///< #
