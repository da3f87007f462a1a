#pragma once
#include <string>

/** What a set of points tells the program around it. */
namespace host {

/** An output was put to this; the text of a text output. */
void done(const std::string& point, const std::string& value);

/** Each set of points has its board, and lets its sensors and events be moved by name. */
void begin();
void loop();
void sense(const std::string& point, const std::string& value);

}  // namespace host
