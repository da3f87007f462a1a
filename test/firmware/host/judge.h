#pragma once
#include <istream>
#include <string>

/** Takes bytes in hex and says what a line reader makes of each line: its verb and fields, or `bad`. */
std::string judge(std::istream& in);
