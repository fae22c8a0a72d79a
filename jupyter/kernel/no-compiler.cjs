// Stands for tslab's own compiler, which nothing asks here but for this one object.
exports.sys = {};
